package io.pointsman.gateway.http;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.wire.ErrorBody;
import io.pointsman.gateway.accounting.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/// Turns whatever went wrong into a status and an error body in the OpenAI shape. A bug is logged
/// once, with its stack, and told to the client without detail.
final class ErrorRenderer {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorRenderer.class);

    private static final Duration SOON = Duration.ofSeconds(5);

    private ErrorRenderer() {}

    /// An error as it goes to the client.
    ///
    /// @param status the HTTP status
    /// @param json the body
    /// @param retryAfter when trying again makes sense
    /// @param outcome its label in metrics and records
    record Rendered(int status, byte[] json, Optional<Duration> retryAfter, Outcome outcome) {

        /// Its headers, besides those of its body.
        Map<String, String> headers() {
            var headers = new LinkedHashMap<String, String>();
            if (status == 401) {
                headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            }
            if (outcome == Outcome.SHUT_DOWN) {
                headers.put(HttpHeaders.CONNECTION, "close");
            }
            retryAfter.ifPresent(wait ->
                    headers.put(
                            HttpHeaders.RETRY_AFTER,
                            Long.toString(Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)))));
            return headers;
        }
    }

    /// Renders `thrown`.
    static Rendered render(Throwable thrown) {
        return switch (thrown) {
            case FailureException failed -> render(failed.failure());
            case ResponseStatusException status -> render(status);
            default -> {
                LOG.error("unexpected error", thrown);
                yield rendered(
                        500,
                        error("internal error", "server_error", "internal_error"),
                        Outcome.INTERNAL_ERROR);
            }
        };
    }

    /// Renders `failure`.
    static Rendered render(Failure failure) {
        var outcome = Outcome.of(failure);
        return switch (failure) {
            case Failure.InvalidRequest(var message, var code, var param) ->
                    rendered(
                            400,
                            new ErrorBody(
                                    message, "invalid_request_error", param, Optional.of(code)),
                            outcome);
            case Failure.TooLarge(var message) ->
                    rendered(
                            413,
                            error(message, "invalid_request_error", "request_too_large"),
                            outcome);
            case Failure.Unauthenticated(var message) ->
                    rendered(
                            401,
                            error(message, "authentication_error", "invalid_api_key"),
                            outcome);
            case Failure.Forbidden(var message) ->
                    rendered(403, error(message, "permission_error", "permission_denied"), outcome);
            case Failure.UnknownModel(var message) ->
                    rendered(
                            404,
                            new ErrorBody(
                                    message,
                                    "invalid_request_error",
                                    Optional.of("model"),
                                    Optional.of("model_not_found")),
                            outcome);
            case Failure.NoCandidate(var message, var retryAfter) ->
                    rendered(503, server(message, "no_backend_available"), retryAfter, outcome);
            case Failure.LedgerFull(var message) ->
                    rendered(503, server(message, "ledger_full"), SOON, outcome);
            case Failure.Overloaded(var message, var retryAfter) ->
                    rendered(
                            429,
                            error(message, "rate_limit_error", "rate_limit_exceeded"),
                            retryAfter,
                            outcome);
            case Failure.TimedOut(var message, var deadline) ->
                    rendered(
                            504,
                            error(
                                    message,
                                    "timeout_error",
                                    deadline.name().toLowerCase(Locale.ROOT) + "_timeout"),
                            outcome);
            case Failure.Rejected rejected -> render(rejected);
            case Failure.Broken(var message) ->
                    rendered(502, server(message, "bad_upstream_response"), outcome);
            case Failure.ShuttingDown(var message) ->
                    rendered(503, server(message, "server_shutting_down"), SOON, outcome);
            case Failure.Exhausted(var message, var attempts) -> {
                var last = render(attempts.getLast());
                yield new Rendered(
                        last.status(),
                        server(message, "all_backends_failed").json(),
                        last.retryAfter(),
                        outcome);
            }
        };
    }

    /// What a gateway with its hands full says.
    static Rendered tooManyRequests(Duration retryAfter) {
        return rendered(
                503,
                server(
                        "this gateway has as many requests under way as it takes"
                                + " (server.max-concurrent-requests); try again",
                        "server_overloaded"),
                retryAfter,
                Outcome.OVERLOADED);
    }

    /// What is the client's doing passes on with the backend's own words; what is ours or the
    /// backend's (our key refused, its model gone, its fault) becomes a bad gateway.
    private static Rendered render(Failure.Rejected rejected) {
        var outcome = Outcome.of(rejected);
        var status = rejected.status();
        var clients = status == 400 || status == 413 || status == 422 || status == 429;
        if (!clients) {
            return rendered(502, server(rejected.message(), "upstream_error"), outcome);
        }
        var own =
                status == 429
                        ? error(rejected.message(), "rate_limit_error", "rate_limit_exceeded")
                        : error(rejected.message(), "invalid_request_error", "upstream_rejected");
        var json =
                rejected.body()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .orElseGet(own::json);
        return new Rendered(
                status, json, status == 429 ? Optional.of(SOON) : Optional.empty(), outcome);
    }

    private static Rendered render(ResponseStatusException thrown) {
        var status = HttpStatus.resolve(thrown.getStatusCode().value());
        var code = thrown.getStatusCode().value();
        var message =
                switch (code) {
                    case 404 ->
                            "there is nothing at this path; chat is at POST /v1/chat/completions";
                    case 405 -> "this path does not take this method";
                    case 408 -> "the request's body did not arrive in time";
                    default -> status == null ? "the request failed" : status.getReasonPhrase();
                };
        var name = status == null ? "error" : status.name().toLowerCase(Locale.ROOT);
        var body =
                code < 500 ? error(message, "invalid_request_error", name) : server(message, name);
        return rendered(code, body, code < 500 ? Outcome.INVALID : Outcome.INTERNAL_ERROR);
    }

    private static ErrorBody error(String message, String type, String code) {
        return new ErrorBody(message, type, Optional.empty(), Optional.of(code));
    }

    private static ErrorBody server(String message, String code) {
        return error(message, "server_error", code);
    }

    private static Rendered rendered(int status, ErrorBody body, Outcome outcome) {
        return new Rendered(status, body.json(), Optional.empty(), outcome);
    }

    private static Rendered rendered(
            int status, ErrorBody body, Duration retryAfter, Outcome outcome) {
        return new Rendered(status, body.json(), Optional.of(retryAfter), outcome);
    }
}
