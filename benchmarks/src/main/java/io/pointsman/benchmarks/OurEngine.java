package io.pointsman.benchmarks;

import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineListener;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/// Pointsman's engine, and which part of its steps is not the model's forward pass.
final class OurEngine implements Contender {

    private final Engine engine;
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong forwardNanos = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();

    OurEngine(LanguageModel model, EngineOptions options) {
        engine =
                model.start(
                        options,
                        new EngineListener() {
                            @Override
                            public void stepped(Step step) {
                                nanos.addAndGet(step.nanos());
                                forwardNanos.addAndGet(step.forwardNanos());
                                steps.incrementAndGet();
                            }
                        });
    }

    @Override
    public String name() {
        return "Pointsman";
    }

    /// The part of the steps since the last call that was not the forward pass, in [0, 1].
    double overhead() {
        double all = nanos.getAndSet(0);
        return (all - forwardNanos.getAndSet(0)) / all;
    }

    /// Steps since the last call.
    long steps() {
        return steps.getAndSet(0);
    }

    @Override
    public List<Run> run(List<int[]> prompts, int tokens) throws Exception {
        var answers = new ArrayList<Answer>();
        for (var prompt : prompts) {
            var answer = new Answer();
            engine.submit(
                            GenerationRequest.builder(TokenIds.of(prompt))
                                    .maxTokens(tokens)
                                    .ignoreEnd()
                                    .build())
                    .subscribe(answer);
            answers.add(answer);
        }
        var runs = new ArrayList<Run>();
        for (var answer : answers) {
            runs.add(answer.done.get());
        }
        return runs;
    }

    @Override
    public void close() {
        engine.close();
    }

    private static final class Answer implements Flow.Subscriber<Token> {

        private final long start = System.nanoTime();
        private final CompletableFuture<Run> done = new CompletableFuture<>();
        private long first;
        private int tokens;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Token token) {
            if (tokens++ == 0) {
                first = System.nanoTime() - start;
            }
        }

        @Override
        public void onError(Throwable throwable) {
            done.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            done.complete(new Run(first, System.nanoTime() - start, tokens));
        }
    }
}
