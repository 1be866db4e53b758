package io.pointsman.gateway.config;

import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;
import io.pointsman.api.wire.RequestRules.History;
import io.pointsman.api.wire.RequestRules.SystemRole;
import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads a backend's dialect from the keys beside its `base-url`. Confined to the reading thread.
final class DialectReader {

    private static final int MAX_TOKENS = 100_000_000;
    private static final int MAX_REPEATED_CHUNKS = 1_000_000;
    private static final long MAX_RESPONSE_BYTES = 1L << 40;
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    /// Fields that the gateway sets by itself.
    private static final Set<String> OURS = Set.of("model", "messages", "stream", "stream_options");

    private DialectReader() {}

    static Dialect read(YamlMap map) {
        var parameters = map.value("parameters");
        var preset =
                parameters.flatMap(value -> value.map(DialectReader::preset)).flatMap(it -> it);
        var base = preset.map(ParameterPreset::rules).orElse(RequestRules.NONE);
        var history = map.oneOf("history", History.class).orElse(base.history());
        var limits = map.map("limits", DialectReader::limits).orElse(Limits.DEFAULT);
        return new Dialect(
                parameters
                        .flatMap(value -> value.map(it -> rules(it, base, history)))
                        .orElseGet(() -> with(base, history)),
                map.oneOf("reasoning-field", ReasoningField.class).orElse(Defaults.REASONING_FIELD),
                map.oneOf("reasoning-tokens", ReasoningTokens.class)
                        .orElse(
                                preset.map(ParameterPreset::reasoningTokens)
                                        .orElse(Defaults.REASONING_TOKENS)),
                limits.repeatedChunks(),
                limits.maxResponseBytes());
    }

    private static Optional<ParameterPreset> preset(YamlMap map) {
        map.allowOthers();
        return map.has("preset")
                ? map.value("preset").flatMap(value -> value.oneOf(ParameterPreset.class))
                : Optional.empty();
    }

    private static RequestRules with(RequestRules base, History history) {
        return new RequestRules(
                base.drop(),
                base.rename(),
                base.set(),
                base.defaults(),
                base.maxTokens(),
                history,
                base.systemRole(),
                base.continuousUsage());
    }

    private static RequestRules rules(YamlMap map, RequestRules base, History history) {
        map.value("preset");
        var drop = new LinkedHashSet<>(base.drop());
        map.items("drop").forEach(item -> parameter(item).ifPresent(drop::add));
        var rename = new LinkedHashMap<>(base.rename());
        map.entries("rename")
                .forEach((name, value) -> {
                    check(name, value);
                    parameter(value).ifPresent(newName -> rename.put(name, newName));
                });
        return new RequestRules(
                drop,
                rename,
                values(map, "set"),
                values(map, "default"),
                map.integer("max-tokens", 1, MAX_TOKENS).stream()
                        .mapToInt(Integer::intValue)
                        .findFirst(),
                history,
                map.oneOf("system-role", SystemRole.class).orElse(base.systemRole()),
                map.flag("continuous-usage").orElse(base.continuousUsage()));
    }

    private static SequencedMap<String, String> values(YamlMap map, String key) {
        var values = new LinkedHashMap<String, String>();
        map.entries(key)
                .forEach((name, value) -> {
                    check(name, value);
                    values.put(name, json(value).toString());
                });
        return values;
    }

    private static Optional<String> parameter(YamlValue value) {
        var name = value.text();
        name.filter(OURS::contains).ifPresent(_ -> value.problem("is set by the gateway itself"));
        name.filter(text -> !PARAMETER.matcher(text).matches())
                .ifPresent(_ -> value.problem("is no name of a parameter"));
        return name;
    }

    private static void check(String name, YamlValue value) {
        if (OURS.contains(name)) {
            value.keyProblem("is set by the gateway itself");
        } else if (!PARAMETER.matcher(name).matches()) {
            value.keyProblem("is no name of a parameter");
        }
    }

    /// The value as JSON: what looks like a number, `true`, `false` or `null` is one.
    private static JsonNode json(YamlValue value) {
        var nodes = JsonNodeFactory.instance;
        if (value.isMap()) {
            var object = nodes.objectNode();
            value.entries().forEach((name, entry) -> object.set(name, json(entry)));
            return object;
        }
        if (value.isList()) {
            var array = nodes.arrayNode();
            value.items().forEach(item -> array.add(json(item)));
            return array;
        }
        var text = value.text().orElse("");
        return switch (text) {
            case "true", "false", "null" -> JsonMapper.shared().readTree(text);
            default ->
                    NUMBER.matcher(text).matches()
                            ? JsonMapper.shared().readTree(text)
                            : nodes.stringNode(text);
        };
    }

    private static Limits limits(YamlMap map) {
        return new Limits(
                map.integer("repeated-chunks", 0, MAX_REPEATED_CHUNKS)
                        .orElse(Defaults.REPEATED_CHUNKS),
                map.bytes("max-response-bytes", 1 << 10, MAX_RESPONSE_BYTES)
                        .orElse(Defaults.MAX_RESPONSE_BYTES));
    }

    private record Limits(int repeatedChunks, long maxResponseBytes) {
        static final Limits DEFAULT =
                new Limits(Defaults.REPEATED_CHUNKS, Defaults.MAX_RESPONSE_BYTES);
    }
}
