package io.pointsman.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.backends.openai.EventLoops;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.http.ChatEndpoint;
import io.pointsman.gateway.http.ChatFilter;
import io.pointsman.gateway.http.Entrance;
import io.pointsman.gateway.http.GateFilter;
import io.pointsman.gateway.http.HttpRoutes;
import io.pointsman.gateway.http.RequestGate;
import io.pointsman.gateway.http.UncaughtErrors;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.ledger.RecordLedger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RouterFunctions;
import reactor.netty.resources.LoopResources;

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
    @Primary
    Ledger ledger(MeterRegistry registry, LedgerService service, Gateway gateway) {
        gateway.bindTo(registry);
        return service.ledger(registry);
    }

    @Bean(destroyMethod = "")
    RecordLedger records(LedgerService service) {
        return service.records();
    }

    /// Not ready while new requests are refused for want of a ledger.
    @Bean
    HealthIndicator ledgerHealthIndicator(RecordLedger records) {
        return () -> {
            var status = records.status();
            var health = records.accepting() ? Health.up() : Health.outOfService();
            status.failure().ifPresent(failure -> health.withDetail("failure", failure));
            return health.build();
        };
    }

    @Bean
    Learning learning(Gateway gateway, MeterRegistry registry, Ledger ledger) {
        gateway.meterBackends(registry);
        return gateway.startLearning(registry, ledger, InstantSource.system());
    }

    @Bean
    RequestGate requestGate(GatewayConfig config) {
        return new RequestGate(config.server().maxConcurrentRequests());
    }

    @Bean
    ChatEndpoint chat(
            GatewayConfig config,
            Gateway gateway,
            Entrance entrance,
            Ledger ledger,
            Learning learning) {
        return new ChatEndpoint(
                entrance,
                gateway.authenticator(),
                config.server(),
                gateway::routing,
                gateway.dispatcher(),
                ledger,
                learning,
                InstantSource.system());
    }

    @Bean
    Entrance entrance(RequestGate gate, MeterRegistry registry) {
        return new Entrance(gate, registry);
    }

    /// All that the clients' port answers by WebFlux. It is one bean, and its parts are none: the
    /// management server takes what beans it finds for its own, and clients' paths are not to be
    /// there.
    @Bean
    HttpHandler clients(
            GatewayConfig config,
            Gateway gateway,
            Entrance entrance,
            ChatEndpoint chat,
            Learning learning) {
        var routes =
                HttpRoutes.create(
                        gateway.authenticator(),
                        config.server(),
                        gateway::routing,
                        learning,
                        InstantSource.system());
        var strategies =
                HandlerStrategies.empty()
                        .codecs(codecs -> codecs.registerDefaults(true))
                        .exceptionHandler(new UncaughtErrors());
        if (!config.server().allowedOrigins().isEmpty()) {
            strategies.webFilter(cors(config.server().allowedOrigins()));
        }
        strategies.webFilter(new ChatFilter(chat));
        strategies.webFilter(new GateFilter(entrance));
        return RouterFunctions.toHttpHandler(routes, strategies.build());
    }

    private static CorsWebFilter cors(List<String> allowedOrigins) {
        var cors = new CorsConfiguration();
        cors.setAllowedOrigins(allowedOrigins);
        cors.setAllowedMethods(List.of("GET", "POST"));
        cors.setAllowedHeaders(List.of("*"));
        cors.setExposedHeaders(List.of("*"));
        var source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/v1/**", cors);
        return new CorsWebFilter(source);
    }

    /// The management server's, so that probes and scrapes are answered however busy the traffic's
    /// loops are.
    @Bean
    ReactorResourceFactory managementLoops() {
        var resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResourcesSupplier(() -> LoopResources.create("management", 1, true));
        resources.setShutdownQuietPeriod(Duration.ZERO);
        return resources;
    }

    /// Chat requests pass WebFlux by, but for those of browsers, whose origins it checks.
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> clientsServer(
            GatewayConfig config, ObjectProvider<ChatEndpoint> chat) {
        return factory -> {
            // Else they would be the management server's.
            factory.setResourceFactory(null);
            if (config.server().allowedOrigins().isEmpty()) {
                factory.addRouteProviders(
                        routes -> routes.route(ChatEndpoint::takes, chat.getObject()));
            }
            factory.addServerCustomizers(server ->
                    server.runOn(EventLoops.traffic())
                            .idleTimeout(IDLE)
                            .requestTimeout(ARRIVAL)
                            .httpRequestDecoder(spec ->
                                    spec.maxHeaderSize(32 * 1024).maxInitialLineLength(8 * 1024)));
        };
    }
}
