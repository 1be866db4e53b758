package io.pointsman.gateway.http;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.time.Instant;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `GET /v1/models` and `GET /v1/models/{id}`: the names that clients may ask for.
final class ModelsEndpoint {

    private static final JsonMapper JSON = new JsonMapper();

    private final Authenticator authenticator;
    private final Supplier<Routing> routing;
    private final long created;

    ModelsEndpoint(Authenticator authenticator, Supplier<Routing> routing, Instant started) {
        this.authenticator = authenticator;
        this.routing = routing;
        this.created = started.getEpochSecond();
    }

    Mono<ServerResponse> list(ServerRequest request) {
        authenticate(request);
        var json = JSON.createObjectNode().put("object", "list");
        var data = json.putArray("data");
        routing.get().models().entries().forEach(entry -> data.add(model(entry)));
        return ok(json);
    }

    Mono<ServerResponse> one(ServerRequest request) {
        authenticate(request);
        var id = request.pathVariable("id");
        return routing.get().models().entries().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .map(entry -> ok(model(entry)))
                .orElseThrow(() ->
                        new FailureException(
                                new Failure.UnknownModel(
                                        "no such model; GET /v1/models lists them")));
    }

    private void authenticate(ServerRequest request) {
        authenticator.authenticate(
                request.headers().asHttpHeaders().getFirst(HttpHeaders.AUTHORIZATION));
    }

    private ObjectNode model(ModelCatalog.Entry entry) {
        return JSON.createObjectNode()
                .put("id", entry.id())
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "pointsman")
                .put("context_length", entry.contextLength());
    }

    private static Mono<ServerResponse> ok(ObjectNode json) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json.toString());
    }
}
