package io.pointsman.gateway;

import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.GatewayConfig.Drain;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.gateway.http.RequestGate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/// A running gateway: its HTTP server and its management server. Thread-safe.
///
/// It stops once, in this order, whether it is closed or the process is told to end: it says that
/// it is not ready; for a while it still takes requests, until balancers have noticed; then it
/// refuses new ones and lets running answers end; what has not ended in time gets an error.
public final class GatewayServer implements AutoCloseable {

    /// How long answers that are given up may take to say so.
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger("pointsman");

    private final ConfigurableApplicationContext context;
    private final Gateway gateway;
    private final Drain drain;
    private final Thread hook = new Thread(this::terminate, "pointsman-shutdown");
    private final AtomicBoolean stopping = new AtomicBoolean();

    private GatewayServer(ConfigurableApplicationContext context, Gateway gateway, Drain drain) {
        this.context = context;
        this.gateway = gateway;
        this.drain = drain;
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
                            .registerShutdownHook(false)
                            .properties(properties(config, gateway.keyed()))
                            .initializers((GenericApplicationContext starting) -> {
                                var beans = starting.getBeanFactory();
                                beans.registerSingleton("gatewayConfig", config);
                                beans.registerSingleton("gateway", gateway);
                                // Not a singleton of ours: Spring closes it after the last request.
                                starting.registerBean(LedgerService.class, () -> ledger);
                            })
                            .run();
            var server = new GatewayServer(context, gateway, config.server().drain());
            Runtime.getRuntime().addShutdownHook(server.hook);
            return server;
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
        // Answers have had their time when Spring is told to stop.
        properties.put("server.shutdown", "immediate");
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
        // What becomes of a call upstream is in its record.
        properties.put("logging.level.reactor.netty.http.client", "ERROR");
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

    /// Refuses new requests, lets running answers end for a while, stops listening, and closes the
    /// backends. Does nothing the second time.
    @Override
    public void close() {
        if (stopping.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // The process ends: the hook runs, and finds that there is nothing left to do.
            }
            stop(Duration.ZERO);
        }
    }

    private void terminate() {
        if (stopping.compareAndSet(false, true)) {
            stop(drain.delay());
        }
    }

    private void stop(Duration delay) {
        try {
            drain(delay);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            try (gateway;
                    context) {
                // While the event loops that they are on still run.
                gateway.disconnect();
            }
        }
    }

    private void drain(Duration delay) throws InterruptedException {
        var gate = context.getBean(RequestGate.class);
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        Thread.sleep(delay);
        gate.close();
        if (!gate.awaitIdle(drain.timeout())) {
            LOG.warn(
                    "{} requests have not ended within server.drain.timeout and are given up",
                    gate.underWay());
            gate.cut();
            gate.awaitIdle(LAST_WORDS);
        }
    }
}
