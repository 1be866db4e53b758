package io.pointsman.gateway.config;

import io.pointsman.api.Price;
import io.pointsman.gateway.config.BackendConfig.EmbeddedModel;
import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads one entry of `backends`. Confined to the reading thread.
final class BackendReader {

    private static final BigDecimal MAX_PRICE = BigDecimal.valueOf(1_000_000);
    private static final int MAX_CONTEXT = 100_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final URI NOWHERE = URI.create("http://nowhere.invalid");

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,1024}");

    /// Headers that the gateway sets by itself.
    private static final Set<String> OURS =
            Set.of(
                    "accept",
                    "accept-encoding",
                    "connection",
                    "content-length",
                    "content-type",
                    "expect",
                    "host",
                    "te",
                    "transfer-encoding",
                    "upgrade",
                    "x-request-id");

    private final References references;

    BackendReader(References references) {
        this.references = references;
    }

    /// Empty where its kind is not known, so that nothing else can be checked.
    Optional<BackendConfig> read(String name, YamlMap map) {
        var kind = map.oneOf("kind", BackendKind.class);
        if (kind.isEmpty() && map.has("kind")) {
            map.allowOthers();
            return Optional.empty();
        }
        return Optional.of(
                switch (kind.orElse(Defaults.KIND)) {
                    case OPENAI -> openAi(name, map);
                    case EMBEDDED -> embedded(name, map);
                });
    }

    private BackendConfig openAi(String name, YamlMap map) {
        var placement = new PlacementReader(references).read(map);
        return new BackendConfig.OpenAi(
                name,
                baseUrl(map, placement),
                map.required("model").flatMap(YamlValue::text).orElse(""),
                map.value("api-key").flatMap(references::secret),
                map.integer("context-length", 1, MAX_CONTEXT).orElse(Defaults.CONTEXT_LENGTH),
                price(map),
                map.duration("connect-timeout", SHORTEST, LONGEST).orElse(Defaults.CONNECT_TIMEOUT),
                map.duration("first-token-timeout", SHORTEST, LONGEST)
                        .orElse(Defaults.FIRST_TOKEN_TIMEOUT),
                map.value("proxy").flatMap(BackendReader::proxy),
                map.value("ca-file").flatMap(references::path),
                map.oneOf("reasoning", Reasoning.class).orElse(Defaults.REASONING),
                headers(map),
                ProtectionReader.read(map),
                placement,
                DialectReader.read(map));
    }

    private static BackendConfig embedded(String name, YamlMap map) {
        var model =
                map.required("model")
                        .flatMap(value -> value.oneOf(EmbeddedModel.class))
                        .orElse(EmbeddedModel.FAST);
        return new BackendConfig.Embedded(name, model, price(map));
    }

    private static Optional<Price> price(YamlMap map) {
        return map.map(
                "price",
                price -> {
                    var prompt = dollars(price.required("prompt"));
                    var cached = dollars(price.value("cached-prompt"));
                    var completion = dollars(price.required("completion"));
                    var full = prompt.orElse(BigDecimal.ZERO);
                    return new Price(full, cached.orElse(full), completion.orElse(BigDecimal.ZERO));
                });
    }

    private static Optional<BigDecimal> dollars(Optional<YamlValue> value) {
        return value.flatMap(price -> price.decimal(BigDecimal.ZERO, MAX_PRICE));
    }

    /// What stands for a list of URLs is its first.
    private static URI baseUrl(YamlMap map, Placement placement) {
        var url =
                switch (placement.replicas()) {
                    case Placement.Replicas.Listed(var urls) -> urls.stream().findFirst();
                    case Placement.Replicas.One _,
                            Placement.Replicas.ByDns _,
                            Placement.Replicas.InFile _ ->
                            map.required("base-url").flatMap(BackendReader::baseUrl);
                };
        return url.orElse(NOWHERE);
    }

    static Optional<URI> baseUrl(YamlValue value) {
        var url = Urls.read(value, "https://api.openai.com/v1", "http", "https");
        url.filter(uri -> uri.getPath().endsWith("/completions"))
                .ifPresent(_ ->
                        value.problem(
                                "must end before /chat/completions, which is appended to" + " it"));
        return url.map(uri -> URI.create(uri.toString().replaceAll("/+$", "")));
    }

    private static Optional<URI> proxy(YamlValue value) {
        var url = Urls.read(value, "http://proxy.example.com:3128", "http");
        if (url.isPresent() && (url.get().getPort() < 1 || url.get().getPath().length() > 1)) {
            value.problem("must be of the form http://host:port");
        }
        return url;
    }

    private static SequencedMap<String, String> headers(YamlMap map) {
        var headers = new LinkedHashMap<String, String>();
        map.entries("headers")
                .forEach((name, value) -> {
                    checkHeader(name, value);
                    value.text().ifPresent(text -> headers.put(name, text));
                });
        return headers;
    }

    private static void checkHeader(String name, YamlValue value) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("authorization")) {
            value.keyProblem("must not stand here: name the key's place as api-key instead");
        } else if (OURS.contains(lower)) {
            value.keyProblem("is set by the gateway itself");
        } else if (!HEADER.matcher(name).matches()) {
            value.keyProblem("is no name of a header");
        }
        value.text()
                .filter(text -> !PRINTABLE.matcher(text).matches())
                .ifPresent(_ -> value.problem("must be at most 1024 printable ASCII characters"));
    }
}
