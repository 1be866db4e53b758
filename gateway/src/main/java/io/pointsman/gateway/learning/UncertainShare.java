package io.pointsman.gateway.learning;

import io.pointsman.api.Classification.Scored;
import io.pointsman.api.RequestId;

/// Chooses requests to compare, most likely those where the score is least certain: the probability
/// is the share times 1 / (1 + z²), where z is the distance of the difficulty from 0.5 in halves of
/// its interval. No probability exceeds the share, so all together do not. Pure.
///
/// @param share of all requests, at most
record UncertainShare(double share) {

    private static final double EVEN = 0.5;

    /// Half an interval is at least this, or a score that is all too sure of itself and a little
    /// off would never be compared.
    private static final double LEAST_HALF_WIDTH = 0.02;

    /// Whether the request `id` is chosen.
    boolean chooses(RequestId id, Scored scored) {
        return Draw.of(id, "comparison") < probability(scored);
    }

    /// How likely a request with this score is chosen.
    double probability(Scored scored) {
        var halfWidth = Math.max(scored.interval().width() / 2, LEAST_HALF_WIDTH);
        var z = (scored.difficulty() - EVEN) / halfWidth;
        return share / (1 + z * z);
    }
}
