package io.pointsman.gateway.dispatch;

import io.pointsman.backends.Deadlines;
import io.pointsman.backends.resilience.CallBudget;
import io.pointsman.gateway.config.Attempts;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// How the requests of one pool are tried, and what came of it. Thread-safe.
final class Lane {

    private static final int HEDGES_ALWAYS = 1;

    private final Attempts attempts;
    private final Deadlines deadlines;
    private final CallBudget hedgeBudget;
    private final LongAdder hedges = new LongAdder();
    private final LongAdder hedgesWon = new LongAdder();
    private final LongAdder hedgesRefused = new LongAdder();

    Lane(Attempts attempts, LongSupplier nanos) {
        this.attempts = attempts;
        deadlines =
                new Deadlines(
                        attempts.connectTimeout(),
                        attempts.firstTokenTimeout(),
                        attempts.betweenTokensTimeout());
        hedgeBudget =
                new CallBudget(
                        attempts.hedge().map(Attempts.Hedge::share).orElse(0.0),
                        attempts.hedge().filter(hedge -> hedge.share() > 0).isPresent()
                                ? HEDGES_ALWAYS
                                : 0,
                        nanos);
    }

    Attempts attempts() {
        return attempts;
    }

    /// What an attempt at a backend of this pool has to keep.
    Deadlines deadlines() {
        return deadlines;
    }

    /// Notes a request that might be hedged.
    void asked() {
        hedgeBudget.called();
    }

    /// Takes a hedge, if there is one left.
    boolean hedge() {
        if (hedgeBudget.take()) {
            hedges.increment();
            return true;
        }
        hedgesRefused.increment();
        return false;
    }

    /// Notes that a hedge showed its first token before the first call did.
    void hedgeWon() {
        hedgesWon.increment();
    }

    long hedges() {
        return hedges.sum();
    }

    long hedgesWon() {
        return hedgesWon.sum();
    }

    long hedgesRefused() {
        return hedgesRefused.sum();
    }
}
