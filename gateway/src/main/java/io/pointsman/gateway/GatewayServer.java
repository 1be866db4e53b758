package io.pointsman.gateway;

import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.SecretResolver;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// A running gateway: its HTTP server and its management server.
public final class GatewayServer implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final Gateway gateway;

    private GatewayServer(ConfigurableApplicationContext context, Gateway gateway) {
        this.context = context;
        this.gateway = gateway;
    }

    /// Starts `gateway` as `config` says, and returns once it listens. Port 0 takes any free one.
    public static GatewayServer start(GatewayConfig config, Gateway gateway) {
        return start(config, gateway, SecretResolver.ofSystem());
    }

    /// The same, with the secrets and the environment that `secrets` knows.
    public static GatewayServer start(
            GatewayConfig config, Gateway gateway, SecretResolver secrets) {
        try {
            return start(config, gateway, LedgerService.open(config, secrets));
        } catch (RuntimeException failed) {
            gateway.close();
            throw failed;
        }
    }

    private static GatewayServer start(
            GatewayConfig config, Gateway gateway, LedgerService ledger) {
        try {
            var context =
                    new SpringApplicationBuilder(GatewayApplication.class)
                            .web(WebApplicationType.REACTIVE)
                            .bannerMode(Banner.Mode.OFF)
                            .logStartupInfo(false)
                            .registerShutdownHook(true)
                            .properties(properties(config, gateway.keyed()))
                            .initializers((GenericApplicationContext starting) -> {
                                var beans = starting.getBeanFactory();
                                beans.registerSingleton("gatewayConfig", config);
                                beans.registerSingleton("gateway", gateway);
                                // Not a singleton of ours: Spring closes it after the last request.
                                starting.registerBean(LedgerService.class, () -> ledger);
                            })
                            .run();
            return new GatewayServer(context, gateway);
        } catch (RuntimeException failed) {
            ledger.close();
            throw failed;
        }
    }

    /// Spring's own properties cover the server, management and logging only; the environment may
    /// override them.
    private static Map<String, Object> properties(GatewayConfig config, boolean keyed) {
        var properties = new HashMap<String, Object>();
        properties.put("spring.application.name", "pointsman");
        properties.put("server.address", config.server().address(keyed));
        properties.put("server.port", config.server().port());
        properties.put("server.shutdown", "graceful");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "30s");
        properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
        properties.put("management.server.address", config.management().address(keyed));
        properties.put("management.server.port", config.management().port());
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put(
                "management.endpoint.health.group.readiness.include", "readinessState,ledger");
        properties.put("management.observations.enable.http", "false");
        properties.put("logging.level.org.flywaydb", "ERROR");
        properties.put("logging.level.com.zaxxer", "ERROR");
        properties.put("logging.level.root", "WARN");
        properties.put("logging.level.pointsman", "INFO");
        properties.put("logging.pattern.console", "%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n");
        return properties;
    }

    /// The port that clients call.
    public int port() {
        return localPort("local.server.port");
    }

    /// The port of health and metrics.
    public int managementPort() {
        return localPort("local.management.port");
    }

    private int localPort(String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    /// Stops listening, lets running answers end for a while, and closes the backends.
    @Override
    public void close() {
        context.close();
        gateway.close();
    }
}
