package io.pointsman.gateway.dispatch;

import io.pointsman.backends.resilience.CallBudget;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// The budget of one backend for being called again, and what was made of it. Thread-safe.
final class Retries {

    /// Retries in ten seconds that need no traffic to pay for them.
    private static final int ALWAYS = 10;

    private final CallBudget budget;
    private final LongAdder made = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /// @param share of its calls that may be made again; 0 for none at all
    Retries(double share, LongSupplier nanos) {
        budget = new CallBudget(share, share > 0 ? ALWAYS : 0, nanos);
    }

    /// Notes a call that is no retry.
    void called() {
        budget.called();
    }

    /// Takes a retry, if there is one left.
    boolean take() {
        if (budget.take()) {
            made.increment();
            return true;
        }
        refused.increment();
        return false;
    }

    long made() {
        return made.sum();
    }

    long refused() {
        return refused.sum();
    }
}
