package io.pointsman.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classifier;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestBody;
import io.pointsman.backends.Backend;
import io.pointsman.backends.balance.BackendRegistry;
import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.DifficultyClassifier;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.OutcomeLog;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.config.Attempts;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.Head;
import io.pointsman.gateway.config.LearnConfig;
import io.pointsman.gateway.config.PoolConfig;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// The runtime graph that a configuration compiles into: the wiring, and nothing else. Immutable,
/// but that it can be closed.
public final class Gateway implements AutoCloseable {

    private static final int WARM_UP_CALLS = 500;

    private final ApiKeys keys;
    private final Authenticator authenticator;
    private final Routing routing;
    private final Dispatcher dispatcher;
    private final Backends backends;
    private final AtomicBoolean connected = new AtomicBoolean(true);
    private final Optional<LearnConfig> learn;

    /// @param config how pools are tried, and what is learnt from
    Gateway(
            ApiKeys keys,
            Function<String, Tenant> tenants,
            Routing routing,
            Backends backends,
            GatewayConfig config) {
        this.keys = keys;
        this.authenticator = new Authenticator(keys, tenants);
        this.routing = routing;
        this.backends = backends;
        this.learn = config.learn();
        this.dispatcher =
                new Dispatcher(
                        this::backend, attempts(config.pools()), retryBudgets(config.backends()));
    }

    /// Builds what `config` describes, with the secrets that `secrets` finds.
    ///
    /// @throws io.pointsman.policies.yaml.ConfigException if a secret is missing
    /// @throws IllegalArgumentException if what the configuration refers to is wrong, or if it
    ///   would let anybody on the network in
    public static Gateway create(GatewayConfig config, SecretResolver secrets) {
        return create(config, secrets, Gateway::classifier);
    }

    /// The same, with a classifier that `classifiers` makes.
    public static Gateway create(
            GatewayConfig config, SecretResolver secrets, ClassifierSource classifiers) {
        var keys = keys(config.auth(), secrets);
        if (keys.isEmpty()) {
            requireLoopback(config.server().address(false));
        }
        var classifier = classifiers.open(config.head(), config.memory(secrets.environment()));
        try {
            return create(config, secrets, keys, classifier);
        } catch (RuntimeException failed) {
            close(classifier);
            throw failed;
        }
    }

    private static Gateway create(
            GatewayConfig config, SecretResolver secrets, ApiKeys keys, Classifier classifier) {
        warmUp(classifier);
        var backends = Backends.start(config, secrets);
        var routing =
                new Routing(
                        models(config, backends.registry()),
                        classifier,
                        config.policies().policy(),
                        backends.registry(),
                        Ticker.SYSTEM,
                        config.policyVersion());
        return new Gateway(keys, config.auth()::tenant, routing, backends, config);
    }

    private static Map<String, Attempts> attempts(Map<String, PoolConfig> pools) {
        var attempts = new LinkedHashMap<String, Attempts>();
        pools.forEach((name, pool) -> attempts.put(name, pool.attempts()));
        return attempts;
    }

    private static Map<String, Double> retryBudgets(Map<String, BackendConfig> backends) {
        var budgets = new LinkedHashMap<String, Double>();
        backends.forEach((name, backend) ->
                budgets.put(
                        name,
                        switch (backend) {
                            case BackendConfig.OpenAi openAi -> openAi.protection().retryBudget();
                            case BackendConfig.Embedded _ -> 0.0;
                        }));
        return budgets;
    }

    private static ApiKeys keys(GatewayConfig.Auth auth, SecretResolver secrets) {
        var fromEnvironment =
                Optional.ofNullable(secrets.environment().get(auth.keysEnv()))
                        .map(text -> ApiKeys.parse(auth.keysEnv(), text))
                        .orElse(ApiKeys.none());
        if (auth.keysFile().isEmpty()) {
            return fromEnvironment;
        }
        var file = auth.keysFile().get();
        try {
            return ApiKeys.parse(file.toString(), secrets.reader().read(file)).and(fromEnvironment);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "auth.keys-file: cannot read "
                            + file
                            + " ("
                            + unreadable.getClass().getSimpleName()
                            + ")",
                    unreadable);
        }
    }

    private static void requireLoopback(String address) {
        try {
            if (InetAddress.getByName(address).isLoopbackAddress()) {
                return;
            }
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "server.host: there is no host called " + address, unknown);
        }
        throw new IllegalArgumentException(
                "server.host: without API keys the gateway listens on loopback only, not on "
                        + address
                        + "; configure auth.keys-file or auth.keys-env (`pointsman keys create TENANT`"
                        + " makes a key)");
    }

    private static Classifier classifier(Head head, MemorySettings memory) {
        var name =
                switch (head) {
                    case Head.Generic() -> Classifiers.GENERIC;
                    case Head.Embedded() -> Classifiers.EMBEDDED;
                    case Head.FromFile(var file) -> file.toString();
                };
        return Classifiers.open(name, Path.of(""), memory, Instant.now());
    }

    /// Has the classifier compiled before the first request waits for it.
    private static void warmUp(Classifier classifier) {
        for (var i = 0; i < WARM_UP_CALLS; i++) {
            var text = "What is %d + %d? ".formatted(i, 7 * i).repeat(1 + i % 50);
            classifier.classify(
                    new ChatRequest(
                            RequestId.random(),
                            Tenant.ANONYMOUS,
                            ModelCatalog.AUTO,
                            List.of(Message.of(Role.USER, text)),
                            false,
                            false,
                            1,
                            0,
                            false,
                            Sampling.DEFAULT,
                            RequestBody.of(new byte[0])));
        }
    }

    private static ModelCatalog models(GatewayConfig config, BackendRegistry registry) {
        var contextLengths = new LinkedHashMap<String, Integer>();
        config.pools()
                .forEach((name, pool) -> {
                    for (var member : pool.backends()) {
                        // Its replicas may not be found yet.
                        if (config.backends().get(member) instanceof BackendConfig.OpenAi server) {
                            contextLengths.merge(name, server.contextLength(), Math::max);
                        }
                    }
                });
        for (Candidate candidate : registry.candidates()) {
            contextLengths.merge(candidate.pool(), candidate.backend().contextLength(), Math::max);
        }
        return new ModelCatalog(contextLengths, config.policies().aliases());
    }

    private Backend backend(Candidate candidate) {
        return routing.backends().backend(candidate);
    }

    /// Whether clients must have keys.
    public boolean keyed() {
        return !keys.isEmpty();
    }

    /// Whether it learns from its traffic.
    public boolean learns() {
        return learn.isPresent() && routing.classifier() instanceof LearningClassifier;
    }

    /// Shows what is tried again in `registry`.
    void bindTo(MeterRegistry registry) {
        dispatcher.bindTo(registry);
    }

    /// Starts to learn, with the metrics in `registry` and the records of its own calls in
    /// `ledger`.
    Learning startLearning(MeterRegistry registry, Ledger ledger, InstantSource clock) {
        return Learning.start(
                learn,
                new Learning.Means(
                        this::routing,
                        dispatcher,
                        ledger,
                        registry,
                        Ticker.SYSTEM,
                        clock,
                        this::memory));
    }

    private Optional<OutcomeLog.Status> memory() {
        return routing.classifier() instanceof DifficultyClassifier judge
                ? judge.memory().status()
                : Optional.empty();
    }

    /// Keeps what is known of the backends in `registry`.
    void meterBackends(MeterRegistry registry) {
        backends.upkeep()
                .ifPresent(
                        upkeep -> new BackendMeters(registry, backends.registry(), upkeep).start());
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Routing routing() {
        return routing;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    /// Closes the backends and their connections; does nothing the second time.
    void disconnect() {
        if (connected.compareAndSet(true, false)) {
            backends.close();
        }
    }

    /// Closes the backends and the classifier.
    @Override
    public void close() {
        try {
            disconnect();
        } finally {
            close(routing.classifier());
        }
    }

    private static void close(Classifier classifier) {
        if (classifier instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception stuck) {
                throw new IllegalStateException("the classifier cannot be closed", stuck);
            }
        }
    }
}
