package io.pointsman.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.LogLedger;
import io.pointsman.gateway.accounting.Metrics;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.http.HttpRoutes;
import io.pointsman.gateway.http.UncaughtErrors;
import io.pointsman.gateway.learning.Learning;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// What Spring needs to know: the HTTP routes, the server's limits and the metrics. The gateway
/// itself comes ready-made from [Gateway].
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class GatewayApplication {

    /// How long a connection may be silent between requests, and a request may take to arrive. The
    /// answer may take as long as it needs.
    private static final Duration IDLE = Duration.ofSeconds(75);

    private static final Duration ARRIVAL = Duration.ofSeconds(60);

    @Bean
    Ledger ledger(MeterRegistry registry, Gateway gateway) {
        gateway.bindTo(registry);
        return new Metrics(registry).and(new LogLedger());
    }

    @Bean
    Learning learning(Gateway gateway, MeterRegistry registry, Ledger ledger) {
        return gateway.startLearning(registry, ledger, InstantSource.system());
    }

    @Bean
    RouterFunction<ServerResponse> routes(
            GatewayConfig config, Gateway gateway, Ledger ledger, Learning learning) {
        return HttpRoutes.create(
                gateway.authenticator(),
                config.server().maxRequestBytes(),
                gateway::routing,
                gateway.dispatcher(),
                ledger,
                learning,
                InstantSource.system());
    }

    @Bean
    UncaughtErrors uncaughtErrors() {
        return new UncaughtErrors();
    }

    @Bean
    CorsWebFilter cors(GatewayConfig config) {
        var source = new UrlBasedCorsConfigurationSource();
        if (!config.server().allowedOrigins().isEmpty()) {
            var cors = new CorsConfiguration();
            cors.setAllowedOrigins(config.server().allowedOrigins());
            cors.setAllowedMethods(List.of("GET", "POST"));
            cors.setAllowedHeaders(List.of("*"));
            cors.setExposedHeaders(List.of("*"));
            source.registerCorsConfiguration("/v1/**", cors);
        }
        return new CorsWebFilter(source);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> deadlines() {
        return factory ->
                factory.addServerCustomizers(server ->
                        server.idleTimeout(IDLE)
                                .requestTimeout(ARRIVAL)
                                .httpRequestDecoder(spec ->
                                        spec.maxHeaderSize(32 * 1024)
                                                .maxInitialLineLength(8 * 1024)));
    }
}
