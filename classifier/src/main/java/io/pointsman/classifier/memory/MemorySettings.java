package io.pointsman.classifier.memory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How outcomes are remembered.
///
/// @param file where they are kept over restarts; empty to keep them for this run alone
/// @param capacity of how many prompts at most, over all tenants, each with its newest labels; when
///   full, the tenant that has most forgets the one that it labelled longest ago. Each takes about
///   1 KB of heap, 1.3 KB where all share, and 200 bytes or more of the file
/// @param halfLife after which a label counts for half
/// @param sharing whose labels count for whom
public record MemorySettings(
        Optional<Path> file, int capacity, Duration halfLife, Sharing sharing) {

    /// Of how many prompts outcomes are remembered where nobody says otherwise.
    public static final int CAPACITY = 100_000;

    /// After how long a label counts for half where nobody says otherwise.
    public static final Duration HALF_LIFE = Duration.ofDays(90);

    /// For this run alone, each tenant for itself.
    public static final MemorySettings DEFAULT =
            new MemorySettings(Optional.empty(), CAPACITY, HALF_LIFE, Sharing.TENANT);

    /// Whose labels count for whom.
    public enum Sharing {
        /// A tenant's labels count for that tenant alone.
        TENANT,
        /// A tenant's labels count for all, those of any one other tenant to a bounded extent.
        ALL
    }

    public MemorySettings {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity is positive, not " + capacity);
        }
        if (!halfLife.isPositive()) {
            throw new IllegalArgumentException("the half-life is positive, not " + halfLife);
        }
    }
}
