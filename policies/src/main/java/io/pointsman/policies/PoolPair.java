package io.pointsman.policies;

/// The two pools between which the difficulty of a request decides.
///
/// @param fast where easy requests go
/// @param reasoner where hard requests go
public record PoolPair(String fast, String reasoner) {

    public PoolPair {
        if (fast.equals(reasoner)) {
            throw new IllegalArgumentException("a pair has two pools, not " + fast + " twice");
        }
    }
}
