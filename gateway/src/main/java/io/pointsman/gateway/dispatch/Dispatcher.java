package io.pointsman.gateway.dispatch;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Route;
import io.pointsman.backends.Backend;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/// Tries the candidates of a route, best first, until one of them shows its first visible token.
/// Until then what a backend sends is held back, so that going on to the next one leaves no trace
/// in the answer; after it, a failure is the stream's. Immutable.
public final class Dispatcher {

    /// Events that the operator which holds back asks for at a time.
    private static final int PREFETCH = 16;

    private final Function<Candidate, Backend> backends;

    /// Finds the backend of a candidate by `backends`.
    public Dispatcher(Function<Candidate, Backend> backends) {
        this.backends = backends;
    }

    /// One live stream for `request`, or a failure: the backend's own where only one was tried,
    /// else [Failure.Exhausted]. Cancelling it cancels the call being made.
    public Flux<ChatEvent> dispatch(ChatRequest request, Route route, Account account) {
        if (route.ranked().isEmpty()) {
            return Flux.error(
                    new FailureException(
                            new Failure.NoCandidate(
                                    "no backend of pool "
                                            + route.pool()
                                            + " can serve this request now: all are unavailable or their"
                                            + " context is too small for it")));
        }
        return attempt(request, route.ranked(), List.of(), account);
    }

    private Flux<ChatEvent> attempt(
            ChatRequest request, List<Candidate> left, List<Failure> failures, Account account) {
        return Flux.defer(() -> {
            var candidate = left.getFirst();
            var backend = backends.apply(candidate);
            var attempt = account.attempt(candidate);
            var preamble = new Preamble();
            return backend.chat(request)
                    .doOnNext(attempt::observe)
                    .concatMapIterable(preamble::admit, PREFETCH)
                    .doOnNext(attempt::show)
                    .onErrorResume(
                            FailureException.class,
                            thrown -> {
                                var failure = thrown.failure();
                                if (preamble.over()) {
                                    return Flux.error(thrown);
                                }
                                attempt.close(Outcome.of(failure));
                                return next(request, left, failures, failure, account);
                            });
        });
    }

    private Flux<ChatEvent> next(
            ChatRequest request,
            List<Candidate> left,
            List<Failure> earlier,
            Failure failure,
            Account account) {
        var failures = new ArrayList<>(earlier);
        failures.add(failure);
        if (failure.retryable() && left.size() > 1) {
            return attempt(request, left.subList(1, left.size()), failures, account);
        }
        if (failures.size() == 1 || !failure.retryable()) {
            return Flux.error(new FailureException(failure));
        }
        return Flux.error(
                new FailureException(
                        new Failure.Exhausted(
                                "all "
                                        + failures.size()
                                        + " backends of the route failed; the last said: "
                                        + failure.message(),
                                failures)));
    }

    /// Holds back what comes before the first visible token; confined to one subscription.
    private static final class Preamble {

        private final List<ChatEvent> held = new ArrayList<>();
        private volatile boolean over;

        private boolean over() {
            return over;
        }

        private List<ChatEvent> admit(ChatEvent event) {
            if (over) {
                return List.of(event);
            }
            held.add(event);
            over =
                    switch (event) {
                        case ChatEvent.Chunk(_, var facts) -> facts.visible();
                        case ChatEvent.Finished _ -> true;
                    };
            if (!over) {
                return List.of();
            }
            var all = List.copyOf(held);
            held.clear();
            return all;
        }
    }
}
