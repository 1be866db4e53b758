package io.pointsman.backends.balance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What went wrong with the replicas of each configured backend, counted since the start.
/// Thread-safe.
public final class BackendCounters {

    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    /// The counts of the backend that the configuration calls `name`.
    public Counts of(String name) {
        return counts.computeIfAbsent(name, _ -> new Counts());
    }

    /// The counts of one backend. Thread-safe.
    public static final class Counts {
        final LongAdder ejections = new LongAdder();
        final LongAdder probeFailures = new LongAdder();
        final LongAdder scrapeFailures = new LongAdder();
        final LongAdder discoveryFailures = new LongAdder();

        private Counts() {}

        /// How often a replica was ejected from a pool.
        public long ejections() {
            return ejections.sum();
        }

        /// How many probes found a replica unwell or not at all.
        public long probeFailures() {
            return probeFailures.sum();
        }

        /// How often a replica's metrics could not be read.
        public long scrapeFailures() {
            return scrapeFailures.sum();
        }

        /// How often it could not be told where the replicas are.
        public long discoveryFailures() {
            return discoveryFailures.sum();
        }
    }
}
