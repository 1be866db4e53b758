package io.pointsman.api;

/// How busy a backend is, frozen when a request is routed.
///
/// @param inFlight requests that it is answering for this gateway
/// @param available whether its circuit breaker lets calls through
public record BackendLoad(int inFlight, boolean available) {

    /// Idle and available.
    public static final BackendLoad IDLE = new BackendLoad(0, true);
}
