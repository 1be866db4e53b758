package io.pointsman.gateway.http;

import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.config.GatewayConfig.Server;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.routing.Routing;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import reactor.core.publisher.Mono;

/// The paths of the gateway that WebFlux answers.
public final class HttpRoutes {

    private HttpRoutes() {}

    /// All paths but that of the chat, answered with these collaborators.
    public static RouterFunction<ServerResponse> create(
            Authenticator authenticator,
            Server server,
            Supplier<Routing> routing,
            Learning learning,
            InstantSource clock) {
        var feedback = new FeedbackEndpoint(authenticator, learning);
        var route =
                new RouteEndpoint(
                        new Intake(authenticator, routing, _ -> {}, Ticker.SYSTEM, clock),
                        BodyReader.of(server));
        var models = new ModelsEndpoint(authenticator, routing, clock.instant());
        return RouterFunctions.route()
                .add(only(ChatEndpoint.PATH, HttpMethod.POST))
                .POST("/v1/route", route::route)
                .add(only("/v1/route", HttpMethod.POST))
                .POST("/v1/feedback", feedback::feedback)
                .add(only("/v1/feedback", HttpMethod.POST))
                .GET("/v1/models", models::list)
                .add(only("/v1/models", HttpMethod.GET))
                .GET("/v1/models/{id}", models::one)
                .add(only("/v1/models/{id}", HttpMethod.GET))
                .build();
    }

    private static RouterFunction<ServerResponse> only(String path, HttpMethod method) {
        return RouterFunctions.route(
                RequestPredicates.path(path),
                request ->
                        Mono.error(
                                new MethodNotAllowedException(request.method(), List.of(method))));
    }
}
