package io.pointsman.gateway;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Candidate;
import io.pointsman.api.Classifier;
import io.pointsman.api.Secret;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.BackendRegistry;
import io.pointsman.backends.embedded.EmbeddedBackend;
import io.pointsman.backends.openai.OpenAiBackend;
import io.pointsman.backends.openai.OpenAiSettings;
import io.pointsman.classifier.Classifiers;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.admission.Authenticator;
import io.pointsman.gateway.config.BackendConfig;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.Head;
import io.pointsman.gateway.config.SecretResolver;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The runtime graph that a configuration compiles into: the wiring, and nothing else. Immutable.
public final class Gateway implements AutoCloseable {

    private final ApiKeys keys;
    private final Authenticator authenticator;
    private final Routing routing;
    private final Dispatcher dispatcher;

    private Gateway(ApiKeys keys, Authenticator authenticator, Routing routing) {
        this.keys = keys;
        this.authenticator = authenticator;
        this.routing = routing;
        this.dispatcher = new Dispatcher(this::backend);
    }

    /// Builds what `config` describes, with the secrets that `secrets` finds.
    ///
    /// @throws io.pointsman.policies.yaml.ConfigException if a secret is missing
    /// @throws IllegalArgumentException if what the configuration refers to is wrong, or if it
    ///   would let anybody on the network in
    public static Gateway create(GatewayConfig config, SecretResolver secrets) {
        var keys = keys(config.auth(), secrets);
        if (keys.isEmpty()) {
            requireLoopback(config.server().address(false));
        }
        var classifier = classifier(config.head());
        var apiKeys = secrets.apiKeys(config);
        var backends = new LinkedHashMap<String, Backend>();
        config.backends()
                .forEach((name, backend) ->
                        backends.put(
                                name, backend(backend, Optional.ofNullable(apiKeys.get(name)))));
        var registry = BackendRegistry.create(config.pools(), backends);
        var routing =
                new Routing(
                        models(config, registry),
                        classifier,
                        config.policies().policy(),
                        registry,
                        Ticker.SYSTEM);
        return new Gateway(keys, new Authenticator(keys, config.auth()::tenant), routing);
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

    private static Classifier classifier(Head head) {
        return switch (head) {
            case Head.Generic() -> Classifiers.load("generic", Path.of(""));
            case Head.Embedded() -> Classifiers.load("embedded", Path.of(""));
            case Head.FromFile(var file) -> Classifiers.load(file.toString(), Path.of(""));
        };
    }

    private static Backend backend(BackendConfig config, Optional<Secret> apiKey) {
        return switch (config) {
            case BackendConfig.Embedded(var name, var model, var price) ->
                    switch (model) {
                        case FAST -> EmbeddedBackend.fast(name, price);
                        case REASONER -> EmbeddedBackend.reasoner(name, price);
                    };
            case BackendConfig.OpenAi openAi ->
                    OpenAiBackend.create(
                            new OpenAiSettings(
                                    new BackendDescriptor(
                                            openAi.name(),
                                            openAi.model(),
                                            openAi.contextLength(),
                                            openAi.price()),
                                    openAi.baseUrl(),
                                    apiKey,
                                    openAi.connectTimeout(),
                                    openAi.firstTokenTimeout(),
                                    openAi.proxy(),
                                    openAi.caFile(),
                                    ThinkSplitter.Mode.valueOf(openAi.reasoning().name()),
                                    Map.copyOf(openAi.headers())));
        };
    }

    private static ModelCatalog models(GatewayConfig config, BackendRegistry registry) {
        var contextLengths = new LinkedHashMap<String, Integer>();
        for (Candidate candidate : registry.candidates()) {
            contextLengths.merge(candidate.pool(), candidate.backend().contextLength(), Math::max);
        }
        return new ModelCatalog(contextLengths, config.policies().aliases());
    }

    private Backend backend(Candidate candidate) {
        return routing.backends().backend(candidate.backend().name());
    }

    /// Whether clients must have keys.
    public boolean keyed() {
        return !keys.isEmpty();
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

    /// Closes the backends.
    @Override
    public void close() {
        routing.backends().close();
    }
}
