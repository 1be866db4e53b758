package rig;

import java.net.URI;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/// Spring Cloud Gateway that does what any gateway must that routes by content: it reads the body,
/// finds the model in it by one pass of a streaming parser, and forwards the bytes.
///
/// Run it with `--upstream=http://host:port`.
@SpringBootApplication
public class Scg {

    private static final JsonFactory JSON = new JsonFactory();

    public static void main(String[] args) {
        SpringApplication.run(Scg.class, args);
    }

    @Bean
    RouteLocator routes(
            RouteLocatorBuilder builder,
            @org.springframework.beans.factory.annotation.Value("${upstream}") URI upstream) {
        return builder.routes()
                .route(
                        "chat",
                        route ->
                                route.path("/v1/**")
                                        .filters(
                                                filters ->
                                                        filters.cacheRequestBody(byte[].class)
                                                                .filter(scan()))
                                        .uri(upstream))
                .build();
    }

    private static GatewayFilter scan() {
        return (exchange, chain) -> {
            byte[] body = exchange.getAttribute("cachedRequestBody");
            if (body != null) {
                exchange.getAttributes().put("model", model(body));
            }
            return chain.filter(exchange);
        };
    }

    private static String model(byte[] body) {
        var model = "";
        try (var parser = JSON.createParser(body)) {
            int depth = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (depth == 1
                        && token == JsonToken.PROPERTY_NAME
                        && parser.currentName().equals("model")) {
                    parser.nextToken();
                    model = parser.getString();
                }
            }
        }
        return model;
    }
}
