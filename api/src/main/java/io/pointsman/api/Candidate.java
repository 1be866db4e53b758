package io.pointsman.api;

/// A backend that might serve a request.
///
/// @param pool the pool that it belongs to
/// @param backend what is known of it
/// @param load how busy it is, frozen at routing time
public record Candidate(String pool, BackendDescriptor backend, BackendLoad load) {}
