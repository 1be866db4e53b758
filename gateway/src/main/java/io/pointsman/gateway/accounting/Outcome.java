package io.pointsman.gateway.accounting;

import io.pointsman.api.Failure;
import java.util.Locale;

/// How a request, or one attempt at it, ended: the label of metrics and records.
public enum Outcome {
    COMPLETED,
    CANCELLED,
    INVALID,
    TOO_LARGE,
    UNAUTHENTICATED,
    FORBIDDEN,
    UNKNOWN_MODEL,
    NO_CANDIDATE,
    LEDGER_FULL,
    OVERLOADED,
    CONNECT_TIMEOUT,
    FIRST_TOKEN_TIMEOUT,
    BETWEEN_TOKENS_TIMEOUT,
    TOTAL_TIMEOUT,
    UPSTREAM_REJECTED,
    UPSTREAM_BROKEN,
    EXHAUSTED,
    SHUT_DOWN,
    INTERNAL_ERROR;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// The outcome that `failure` is.
    public static Outcome of(Failure failure) {
        return switch (failure) {
            case Failure.InvalidRequest _ -> INVALID;
            case Failure.TooLarge _ -> TOO_LARGE;
            case Failure.Unauthenticated _ -> UNAUTHENTICATED;
            case Failure.Forbidden _ -> FORBIDDEN;
            case Failure.UnknownModel _ -> UNKNOWN_MODEL;
            case Failure.NoCandidate _ -> NO_CANDIDATE;
            case Failure.LedgerFull _ -> LEDGER_FULL;
            case Failure.Overloaded _ -> OVERLOADED;
            case Failure.TimedOut(_, var deadline) ->
                    switch (deadline) {
                        case CONNECT -> CONNECT_TIMEOUT;
                        case FIRST_TOKEN -> FIRST_TOKEN_TIMEOUT;
                        case BETWEEN_TOKENS -> BETWEEN_TOKENS_TIMEOUT;
                        case TOTAL -> TOTAL_TIMEOUT;
                    };
            case Failure.Rejected _ -> UPSTREAM_REJECTED;
            case Failure.Broken _ -> UPSTREAM_BROKEN;
            case Failure.Exhausted _ -> EXHAUSTED;
            case Failure.ShuttingDown _ -> SHUT_DOWN;
        };
    }

    /// Whether it was this gateway, or its client, that ended a call under way.
    boolean ours() {
        return switch (this) {
            case CANCELLED, FIRST_TOKEN_TIMEOUT, BETWEEN_TOKENS_TIMEOUT, TOTAL_TIMEOUT, SHUT_DOWN ->
                    true;
            case COMPLETED,
                    INVALID,
                    TOO_LARGE,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    UNKNOWN_MODEL,
                    NO_CANDIDATE,
                    LEDGER_FULL,
                    OVERLOADED,
                    CONNECT_TIMEOUT,
                    UPSTREAM_REJECTED,
                    UPSTREAM_BROKEN,
                    EXHAUSTED,
                    INTERNAL_ERROR ->
                    false;
        };
    }

    /// The outcome in metrics and records.
    public String label() {
        return label;
    }
}
