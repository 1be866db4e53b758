package io.pointsman.serving.server;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.wire.ErrorBody;
import io.pointsman.serving.engine.EngineException;
import io.pointsman.serving.engine.EngineRejection;
import java.time.Duration;
import java.util.Optional;

/// An error as a client gets it.
///
/// @param retryAfter when to try again, if that helps
record ErrorResponse(int status, ErrorBody body, Optional<Duration> retryAfter) {

    static ErrorResponse of(Throwable error) {
        return switch (error) {
            case FailureException e
                    when e.failure()
                            instanceof Failure.InvalidRequest(var message, var code, var param) ->
                    invalid(400, message, code, param);
            case EngineException e -> of(e.rejection());
            default -> serverError(500, "The engine failed; its log says more.", "internal_error");
        };
    }

    private static ErrorResponse of(EngineRejection rejection) {
        var message = sentence(rejection.message());
        return switch (rejection) {
            case EngineRejection.PromptTooLong _ ->
                    invalid(400, message, "context_length_exceeded", Optional.of("messages"));
            case EngineRejection.UnknownToken _ ->
                    invalid(400, message, "invalid_value", Optional.empty());
            case EngineRejection.QueueFull(_, Duration retryAfter) ->
                    new ErrorResponse(
                            429,
                            new ErrorBody(
                                    message,
                                    "rate_limit_error",
                                    Optional.empty(),
                                    Optional.of("overloaded")),
                            Optional.of(retryAfter));
            case EngineRejection.DeadlineExceeded _ ->
                    serverError(504, message, "deadline_exceeded");
            case EngineRejection.Closed _ -> serverError(503, message, "shutting_down");
        };
    }

    private static String sentence(String message) {
        return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
    }

    static ErrorResponse invalid(int status, String message, String code, Optional<String> param) {
        return new ErrorResponse(
                status,
                new ErrorBody(message, "invalid_request_error", param, Optional.of(code)),
                Optional.empty());
    }

    private static ErrorResponse serverError(int status, String message, String code) {
        return new ErrorResponse(
                status,
                new ErrorBody(message, "server_error", Optional.empty(), Optional.of(code)),
                Optional.empty());
    }
}
