package io.pointsman.policies.yaml;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A value of a YAML file and its place. An accessor that does not fit notes a problem and gives an
/// empty result. Confined to the reading thread.
public final class YamlValue {

    static final String NAMES =
            "names are 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,15})?");
    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,12}) ?([A-Za-z]+)");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<String, Duration> TIMES = times();
    private static final Map<String, Long> SIZES = sizes();

    private final Node key;
    private final Node node;
    private final String path;
    private final Reading reading;

    YamlValue(Node key, Node node, String path, Reading reading) {
        this.key = key;
        this.node = node;
        this.path = path;
        this.reading = reading;
    }

    /// Where the value stands.
    public Position at() {
        return reading.position(node.getStartMark(), path);
    }

    /// Notes that something is wrong with the value.
    public void problem(String what) {
        reading.problem(at(), what);
    }

    /// Notes that something is wrong with the key, or with the entry as a whole.
    public void keyProblem(String what) {
        reading.problem(key.getStartMark(), path, what);
    }

    /// Notes that the value says `name`, which is none of `known`.
    ///
    /// @param things what `known` are, in the plural
    public void unknown(String name, String things, Collection<String> known) {
        var hint =
                Nearest.to(name, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse(
                                known.isEmpty()
                                        ? "there are none"
                                        : "there are: " + String.join(", ", known));
        problem("says " + quoted(name) + ", which is none of the " + things + "; " + hint);
    }

    /// Whether the value is a map.
    public boolean isMap() {
        return node instanceof MappingNode;
    }

    /// Whether the value is a list.
    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /// The text, not blank; numbers and the like are taken as they are written.
    public Optional<String> text() {
        if (node instanceof ScalarNode scalar
                && !scalar.getTag().equals(Tag.NULL)
                && !scalar.getValue().isBlank()) {
            return Optional.of(scalar.getValue());
        }
        return wrong("text");
    }

    /// The text, where it is a name: 1 to 64 of `[A-Za-z0-9._-]`, the first a letter or digit, so
    /// that it is safe in headers, metrics and logs.
    public Optional<String> name() {
        var text = text();
        if (text.isPresent() && !isName(text.get())) {
            problem("is no name: " + NAMES);
        }
        return text.filter(YamlValue::isName);
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /// The whole number, from `min` to `max`; `_` may group digits.
    public Optional<Integer> integer(int min, int max) {
        return plain().map(text -> text.replaceAll("(?<=[0-9])_(?=[0-9])", ""))
                .filter(text -> INTEGER.matcher(text).matches())
                .map(Long::parseLong)
                .filter(number -> number >= min && number <= max)
                .map(Long::intValue)
                .or(() -> wrong("a whole number from " + min + " to " + max));
    }

    /// The decimal number, from `min` to `max`.
    public Optional<BigDecimal> decimal(BigDecimal min, BigDecimal max) {
        return plain().filter(text -> DECIMAL.matcher(text).matches())
                .map(BigDecimal::new)
                .filter(number -> number.compareTo(min) >= 0 && number.compareTo(max) <= 0)
                .or(() ->
                        wrong(
                                "a number from "
                                        + min.toPlainString()
                                        + " to "
                                        + max.toPlainString()));
    }

    /// The duration, a whole number of `ms`, `s`, `m`, `h` or `d`, from `min` to `max`.
    public Optional<Duration> duration(Duration min, Duration max) {
        return quantity(TIMES)
                .map(quantity -> quantity.unit().multipliedBy(quantity.number()))
                .filter(time -> time.compareTo(min) >= 0 && time.compareTo(max) <= 0)
                .or(() ->
                        wrong(
                                "a duration from "
                                        + words(min)
                                        + " to "
                                        + words(max)
                                        + (max.compareTo(DAY) > 0
                                                ? " such as 90s, 12h or 90d"
                                                : " such as 500ms, 30s, 5m or 1h")));
    }

    /// The size, a whole number of `B`, `kB`, `MB`, `GB` (powers of 1000), `KiB`, `MiB` or `GiB`
    /// (powers of 1024), from `min` to `max` bytes.
    public Optional<Long> bytes(long min, long max) {
        return quantity(SIZES)
                .filter(quantity -> quantity.number() <= max / quantity.unit())
                .map(quantity -> quantity.number() * quantity.unit())
                .filter(size -> size >= min && size <= max)
                .or(() ->
                        wrong(
                                "a size from "
                                        + min
                                        + " to "
                                        + max
                                        + " bytes such as 512KiB or 8MiB"));
    }

    /// `true` or `false`.
    public Optional<Boolean> flag() {
        return plain().filter(text -> text.equals("true") || text.equals("false"))
                .map(Boolean::valueOf)
                .or(() -> wrong("true or false"));
    }

    /// The constant of `type` that the value names in lower case, with `-` for `_`.
    public <E extends Enum<E>> Optional<E> oneOf(Class<E> type) {
        var constants = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        var text = text();
        if (text.isPresent() && !constants.containsKey(text.get())) {
            unknown(text.get(), "values allowed here", constants.keySet());
        }
        return text.flatMap(name -> Optional.ofNullable(constants.get(name)));
    }

    /// The items of a list.
    public List<YamlValue> items() {
        if (!(node instanceof SequenceNode list)) {
            this.<Object>wrong("a list");
            return List.of();
        }
        var items = new ArrayList<YamlValue>();
        for (var item : list.getValue()) {
            items.add(new YamlValue(item, item, path + '[' + items.size() + ']', reading));
        }
        return items;
    }

    /// The map, read with `reader`, which asks for every key that it knows. A missing value is a
    /// map with nothing in it.
    public <T> Optional<T> map(Function<YamlMap, T> reader) {
        var map =
                switch (node) {
                    case MappingNode mapping -> Optional.of(mapping);
                    case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) ->
                            Optional.of(YamlFile.empty(scalar.getStartMark()));
                    default -> this.<MappingNode>wrong("a map");
                };
        return map.map(mapping -> {
            var yaml = new YamlMap(mapping, path, reading);
            var result = reader.apply(yaml);
            yaml.refuseOthers();
            return result;
        });
    }

    /// The entries of a map whose keys are names of the user's, in the file's order.
    public SequencedMap<String, YamlValue> entries() {
        return map(YamlMap::entries).orElseGet(LinkedHashMap::new);
    }

    private Optional<String> plain() {
        return node instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    private <T> Optional<T> wrong(String wanted) {
        problem("must be " + wanted + ", not " + found());
        return Optional.empty();
    }

    private String found() {
        return switch (node) {
            case MappingNode _ -> "a map";
            case SequenceNode _ -> "a list";
            case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "nothing";
            case ScalarNode scalar -> quoted(scalar.getValue());
            default -> "this";
        };
    }

    private <U> Optional<Quantity<U>> quantity(Map<String, U> units) {
        return plain().map(QUANTITY::matcher)
                .filter(Matcher::matches)
                .flatMap(matcher ->
                        Optional.ofNullable(units.get(matcher.group(2)))
                                .map(unit -> quantity(matcher.group(1), unit)));
    }

    private static <U> Quantity<U> quantity(String number, U unit) {
        return new Quantity<>(Long.parseLong(number), unit);
    }

    private record Quantity<U>(long number, U unit) {}

    private static String quoted(String text) {
        var shown = text.codePoints().limit(40).toArray();
        var cut = new String(shown, 0, shown.length).replaceAll("\\p{Cntrl}", " ");
        return '"' + cut + (cut.length() < text.length() ? "...\"" : "\"");
    }

    /// `time` as a file would say it.
    public static String words(Duration time) {
        var millis = time.toMillis();
        if (millis % DAY.toMillis() == 0) {
            return time.toDays() + "d";
        }
        if (millis % 3_600_000 == 0) {
            return time.toHours() + "h";
        }
        if (millis % 60_000 == 0) {
            return time.toMinutes() + "m";
        }
        return millis % 1_000 == 0 ? time.toSeconds() + "s" : millis + "ms";
    }

    private static Map<String, Duration> times() {
        return Map.of(
                "ms", Duration.ofMillis(1),
                "s", Duration.ofSeconds(1),
                "m", Duration.ofMinutes(1),
                "h", Duration.ofHours(1),
                "d", DAY);
    }

    private static Map<String, Long> sizes() {
        return Map.of(
                "B", 1L,
                "kB", 1_000L,
                "MB", 1_000_000L,
                "GB", 1_000_000_000L,
                "KiB", 1L << 10,
                "MiB", 1L << 20,
                "GiB", 1L << 30);
    }
}
