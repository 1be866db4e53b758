package io.pointsman.gateway.http;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.RequestId;
import io.pointsman.api.wire.ErrorBody;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.learning.Feedback;
import io.pointsman.gateway.learning.Learning;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/// `POST /v1/feedback`: a client says how good an answer was.
final class FeedbackEndpoint {

    private static final int MAX_BYTES = 64 << 10;
    private static final Optional<String> ID = Optional.of("id");
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .build();

    private final Authenticator authenticator;
    private final Learning learning;
    private final BodyReader bodies = new BodyReader(MAX_BYTES, "what feedback may have");

    FeedbackEndpoint(Authenticator authenticator, Learning learning) {
        this.authenticator = authenticator;
        this.learning = learning;
    }

    Mono<ServerResponse> feedback(ServerRequest request) {
        return Mono.defer(() -> {
            var key = request.headers().asHttpHeaders().getFirst(HttpHeaders.AUTHORIZATION);
            var tenant = authenticator.authenticate(key);
            return bodies.read(request)
                    .map(FeedbackEndpoint::read)
                    .flatMap(said ->
                            learning.feedback(tenant.name(), said.id(), said.score())
                                    .flatMap(became -> answer(said, became)));
        });
    }

    /// What a client says.
    ///
    /// @param id of the request
    /// @param score of its answer
    private record Said(String id, double score) {}

    private static Said read(byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (MismatchedInputException _) {
            throw invalid(
                    "the body must be one JSON object, without a key that stands twice",
                    "invalid_json",
                    Optional.empty());
        } catch (JacksonException _) {
            throw invalid("the body is not valid JSON", "invalid_json", Optional.empty());
        }
        if (!json.isObject()) {
            throw invalid("the body must be a JSON object", "invalid_json", Optional.empty());
        }
        return new Said(id(json), score(json));
    }

    private static String id(JsonNode json) {
        var id = required(json, "id");
        if (!id.isString()) {
            throw invalid("id must be a string", "invalid_type", ID);
        }
        if (!RequestId.valid(id.stringValue())) {
            throw invalid(
                    "id must be the x-pointsman-request-id of an answer: 1 to 64 of A-Z a-z 0-9 . _ -",
                    "invalid_value",
                    ID);
        }
        return id.stringValue();
    }

    private static double score(JsonNode json) {
        var score = required(json, "score");
        if (!score.isNumber()) {
            throw invalid("score must be a number", "invalid_type", Optional.of("score"));
        }
        // Without an exception for what no double holds.
        var value = score.asDouble(Double.NaN);
        if (!(value >= 0 && value <= 1)) {
            throw invalid(
                    "score must be between 0 (useless) and 1 (fully good)",
                    "invalid_value",
                    Optional.of("score"));
        }
        return value;
    }

    private static JsonNode required(JsonNode json, String name) {
        var value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw invalid(name + " is missing", "missing_required_parameter", Optional.of(name));
        }
        return value;
    }

    private static FailureException invalid(String message, String code, Optional<String> param) {
        return new FailureException(new Failure.InvalidRequest(message, code, param));
    }

    private static Mono<ServerResponse> answer(Said said, Feedback became) {
        return switch (became) {
            case Feedback.Learned(var side, var pool) ->
                    ServerResponse.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .bodyValue(
                                    JSON.createObjectNode()
                                            .put("object", "feedback")
                                            .put("id", said.id())
                                            .put("learned", true)
                                            .put("model", side.label())
                                            .put("route", pool)
                                            .toString());
            case Feedback.Off() ->
                    error(
                            404,
                            "this gateway takes no feedback: learn.feedback is off, or neither the"
                                    + " rules nor learn.fast and learn.reasoner say which pools it is"
                                    + " about",
                            "feedback_off",
                            Optional.empty());
            case Feedback.NotFound(var message) -> error(404, message, "request_not_found", ID);
            case Feedback.NotAnswered() ->
                    error(
                            409,
                            "this request has no complete answer that could be judged",
                            "not_answered",
                            ID);
            case Feedback.NotLearnable(var message) -> error(409, message, "not_learnable", ID);
        };
    }

    private static Mono<ServerResponse> error(
            int status, String message, String code, Optional<String> param) {
        var body = new ErrorBody(message, "invalid_request_error", param, Optional.of(code));
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.json());
    }
}
