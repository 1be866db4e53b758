package io.pointsman.serving.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A subscriber that keeps what it gets and checks that it gets no more than it asked for.
final class Reader implements Flow.Subscriber<Token> {

    private final List<Token> tokens = new ArrayList<>();
    private final CompletableFuture<List<Token>> done = new CompletableFuture<>();
    private final long initialDemand;
    private Flow.@Nullable Subscription subscription;
    private long demand;

    private Reader(long initialDemand) {
        this.initialDemand = initialDemand;
    }

    /// A reader who wants all there is.
    static Reader of(Flow.Publisher<Token> publisher) {
        return asking(Long.MAX_VALUE, publisher);
    }

    /// A reader who wants `demand` tokens at first.
    static Reader asking(long demand, Flow.Publisher<Token> publisher) {
        var reader = new Reader(demand);
        publisher.subscribe(reader);
        return reader;
    }

    void request(long n) {
        synchronized (this) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }
        subscription().request(n);
    }

    void cancel() {
        subscription().cancel();
    }

    /// All tokens, once the sequence has ended.
    List<Token> await() throws InterruptedException, ExecutionException, TimeoutException {
        return done.get(20, TimeUnit.SECONDS);
    }

    synchronized List<Token> tokens() {
        return List.copyOf(tokens);
    }

    List<Integer> ids() {
        return tokens().stream().map(Token::id).toList();
    }

    /// The tokens of one choice.
    List<Integer> ids(int choice) {
        return tokens().stream().filter(token -> token.choice() == choice).map(Token::id).toList();
    }

    boolean ended() {
        return done.isDone();
    }

    boolean failed() {
        return done.isCompletedExceptionally();
    }

    Throwable failure() {
        return done.exceptionNow();
    }

    static String text(List<Token> tokens, boolean reasoning) {
        var text = new StringBuilder();
        for (var token : tokens) {
            if (token.reasoning() == reasoning) {
                text.append(token.text());
            }
        }
        return text.toString();
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (initialDemand > 0) {
            request(initialDemand);
        }
    }

    @Override
    public synchronized void onNext(Token token) {
        if (done.isDone() || tokens.size() >= demand) {
            done.completeExceptionally(new AssertionError("a token that was not asked for"));
        }
        tokens.add(token);
    }

    @Override
    public void onError(Throwable throwable) {
        done.completeExceptionally(throwable);
    }

    @Override
    public void onComplete() {
        done.complete(tokens());
    }

    private Flow.Subscription subscription() {
        if (subscription == null) {
            throw new IllegalStateException("not subscribed");
        }
        return subscription;
    }
}
