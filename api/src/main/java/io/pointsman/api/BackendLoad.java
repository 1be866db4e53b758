package io.pointsman.api;

import java.util.Optional;

/// How busy a backend is, frozen when a request is routed.
///
/// @param inFlight requests that it is answering for this gateway
/// @param available whether its circuit breaker lets calls through, probes find it well and it is
///   not ejected from its pool
/// @param weight its part of the traffic in (0, 1]: less than 1 while it warms up
/// @param firstTokenMillis how long its first tokens take, as a moving average that jumps to peaks;
///   0 where nothing was measured
/// @param certainty how much the average still says, in [0, 1]: 1 just after a call, less and less
///   while none is made
/// @param waitingMillis how long calls have been waiting for a first token without any of them
///   getting one; 0 where none waits
/// @param queueDepth requests that wait in its engine, whoever sent them; 0 where it does not say
/// @param kvUtilisation part of its engine's KV cache in use, in [0, 1]; 0 where it does not say
/// @param prefixMatch part of the prompt that it has probably read before, in [0, 1]
/// @param outage why it is not available; empty where it is, or where nobody said
public record BackendLoad(
        int inFlight,
        boolean available,
        double weight,
        double firstTokenMillis,
        double certainty,
        double waitingMillis,
        int queueDepth,
        double kvUtilisation,
        double prefixMatch,
        Optional<Outage> outage) {

    /// Idle and available.
    public static final BackendLoad IDLE = new BackendLoad(0, true);

    public BackendLoad {
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("a weight is in (0, 1], not " + weight);
        }
    }

    /// The load of a backend of which nothing more is known.
    public BackendLoad(int inFlight, boolean available) {
        this(inFlight, available, 1, 0, 0, 0, 0, 0, 0);
    }

    /// The load of a backend that does not say why it is out, if it is.
    public BackendLoad(
            int inFlight,
            boolean available,
            double weight,
            double firstTokenMillis,
            double certainty,
            double waitingMillis,
            int queueDepth,
            double kvUtilisation,
            double prefixMatch) {
        this(
                inFlight,
                available,
                weight,
                firstTokenMillis,
                certainty,
                waitingMillis,
                queueDepth,
                kvUtilisation,
                prefixMatch,
                Optional.empty());
    }
}
