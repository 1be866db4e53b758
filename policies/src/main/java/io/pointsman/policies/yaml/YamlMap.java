package io.pointsman.policies.yaml;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A map of a YAML file. Asking for a key makes it known; a key with no value counts as absent.
/// Confined to the reading thread.
public final class YamlMap {

    private final MappingNode node;
    private final String path;
    private final Reading reading;
    private final SequencedMap<String, NodeTuple> entries;
    private final TreeSet<String> asked = new TreeSet<>();
    private boolean othersAllowed;

    YamlMap(MappingNode node, String path, Reading reading) {
        this.node = node;
        this.path = path;
        this.reading = reading;
        this.entries = reading.entries(node);
    }

    /// Where the map begins.
    public Position at() {
        return reading.position(node.getStartMark(), path);
    }

    /// Whether `key` is there with a value. Does not make it known.
    public boolean has(String key) {
        var tuple = entries.get(key);
        return tuple != null && !tuple.getValueNode().getTag().equals(Tag.NULL);
    }

    /// The value of `key`.
    public Optional<YamlValue> value(String key) {
        asked.add(key);
        return has(key) ? Optional.of(valueOf(key)) : Optional.empty();
    }

    /// The value of `key`, whose absence is a problem.
    public Optional<YamlValue> required(String key) {
        asked.add(key);
        if (!has(key)) {
            var tuple = entries.get(key);
            var mark = (tuple == null ? node : tuple.getKeyNode()).getStartMark();
            reading.problem(mark, join(path, key), "is missing");
        }
        return value(key);
    }

    /// The text of `key`.
    public Optional<String> text(String key) {
        return value(key).flatMap(YamlValue::text);
    }

    /// The whole number of `key`.
    public Optional<Integer> integer(String key, int min, int max) {
        return value(key).flatMap(value -> value.integer(min, max));
    }

    /// The decimal number of `key`.
    public Optional<BigDecimal> decimal(String key, BigDecimal min, BigDecimal max) {
        return value(key).flatMap(value -> value.decimal(min, max));
    }

    /// The duration of `key`.
    public Optional<Duration> duration(String key, Duration min, Duration max) {
        return value(key).flatMap(value -> value.duration(min, max));
    }

    /// The size of `key` in bytes.
    public Optional<Long> bytes(String key, long min, long max) {
        return value(key).flatMap(value -> value.bytes(min, max));
    }

    /// `true` or `false`, as `key` says.
    public Optional<Boolean> flag(String key) {
        return value(key).flatMap(YamlValue::flag);
    }

    /// The constant that `key` names.
    public <E extends Enum<E>> Optional<E> oneOf(String key, Class<E> type) {
        return value(key).flatMap(value -> value.oneOf(type));
    }

    /// The list of `key`; empty where there is none.
    public List<YamlValue> items(String key) {
        return value(key).map(YamlValue::items).orElse(List.of());
    }

    /// The map of `key`, read with `reader`.
    public <T> Optional<T> map(String key, Function<YamlMap, T> reader) {
        return value(key).flatMap(value -> value.map(reader));
    }

    /// The map of `key` whose keys are names of the user's; empty where there is none.
    public SequencedMap<String, YamlValue> entries(String key) {
        return value(key).map(YamlValue::entries).orElseGet(LinkedHashMap::new);
    }

    /// The map of `key` whose keys are names as [YamlValue#name] has them; the others are problems
    /// and left out.
    public SequencedMap<String, YamlValue> named(String key) {
        var named = new LinkedHashMap<String, YamlValue>();
        entries(key)
                .forEach((name, value) -> {
                    if (YamlValue.isName(name)) {
                        named.put(name, value);
                    } else {
                        value.keyProblem("is no name: " + YamlValue.NAMES);
                    }
                });
        return named;
    }

    /// Every entry of a map whose keys are names of the user's, in the file's order.
    public SequencedMap<String, YamlValue> entries() {
        asked.addAll(entries.keySet());
        var values = new LinkedHashMap<String, YamlValue>();
        entries.keySet().forEach(key -> values.put(key, valueOf(key)));
        return values;
    }

    /// The keys that are there, in the file's order.
    public SequencedSet<String> keys() {
        return entries.sequencedKeySet();
    }

    /// Notes that something is wrong with the whole map.
    public void problem(String what) {
        reading.problem(at(), what);
    }

    /// Stops looking for unknown keys, for instance because it is not known which keys are right.
    public void allowOthers() {
        othersAllowed = true;
    }

    void refuseOthers() {
        entries.forEach((key, tuple) -> {
            var anchors = path.isEmpty() && key.startsWith("x-");
            if (!othersAllowed && !anchors && !asked.contains(key)) {
                reading.problem(tuple.getKeyNode().getStartMark(), join(path, key), unknown(key));
            }
        });
    }

    private String unknown(String key) {
        return Nearest.to(key, asked)
                .map(near -> "is not a known key; did you mean " + near + "?")
                .orElseGet(() ->
                        asked.stream()
                                .collect(
                                        Collectors.joining(
                                                ", ", "is not a known key; known here: ", "")));
    }

    private YamlValue valueOf(String key) {
        var tuple = entries.get(key);
        if (tuple == null || !(tuple.getKeyNode() instanceof ScalarNode name)) {
            throw new IllegalArgumentException("no key " + key);
        }
        return new YamlValue(name, tuple.getValueNode(), join(path, key), reading);
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + '.' + key;
    }
}
