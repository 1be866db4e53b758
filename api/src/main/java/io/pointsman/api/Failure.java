package io.pointsman.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Why a request got no (complete) answer. Messages say what was wrong and what to do, and never
/// contain text of a prompt or a secret.
public sealed interface Failure {

    /// What was wrong and what to do.
    String message();

    /// The request itself is wrong; no backend was called.
    ///
    /// @param code machine-readable, as in OpenAI's errors (`context_length_exceeded`, …)
    /// @param param the offending field; empty where it is the whole body
    record InvalidRequest(String message, String code, Optional<String> param) implements Failure {}

    /// The body is larger than this gateway reads.
    record TooLarge(String message) implements Failure {}

    /// No key, or not one that is known.
    record Unauthenticated(String message) implements Failure {}

    /// A known key that may not do this.
    record Forbidden(String message) implements Failure {}

    /// No route or backend is called that.
    record UnknownModel(String message) implements Failure {}

    /// Who could answer is not called for now, since it failed, or is not known to be there.
    ///
    /// @param retryAfter when that may be over
    record NoCandidate(String message, Duration retryAfter) implements Failure {}

    /// What the request costs could not be recorded, and the operator wants none that is not.
    record LedgerFull(String message) implements Failure {}

    /// Too much at once; try again later.
    ///
    /// @param retryAfter when to try again
    record Overloaded(String message, Duration retryAfter) implements Failure {}

    /// A deadline of ours passed.
    record TimedOut(String message, Deadline deadline) implements Failure {}

    /// The backend answered with an error status.
    ///
    /// @param status the HTTP status that it answered with
    /// @param body its error as OpenAI-shaped JSON; empty where it sent none
    record Rejected(String message, int status, Optional<String> body) implements Failure {}

    /// The backend could not be reached, or broke the connection or the protocol.
    record Broken(String message) implements Failure {}

    /// This server is about to stop.
    record ShuttingDown(String message) implements Failure {}

    /// Every candidate failed.
    ///
    /// @param attempts what each attempt died of, in order
    record Exhausted(String message, List<Failure> attempts) implements Failure {
        public Exhausted {
            attempts = List.copyOf(attempts);
        }
    }

    /// The deadlines that an attempt runs under.
    enum Deadline {
        CONNECT,
        FIRST_TOKEN,
        BETWEEN_TOKENS,
        TOTAL
    }

    /// Whether another backend might do better.
    default boolean retryable() {
        return switch (this) {
            case InvalidRequest _, TooLarge _, Unauthenticated _, Forbidden _, UnknownModel _ ->
                    false;
            case LedgerFull _, ShuttingDown _, Exhausted _ -> false;
            case Rejected(_, int status, _) ->
                    status >= 500
                            || status == 401
                            || status == 403
                            || status == 404
                            || status == 408
                            || status == 429;
            case NoCandidate _, Overloaded _, TimedOut _, Broken _ -> true;
        };
    }
}
