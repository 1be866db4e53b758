package io.pointsman.policies.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {

    @Test
    void readsEveryKindOfValue() {
        var text =
                """
                text: some words
                number: 128_000
                price: 0.075
                time: 90s
                size: 8MiB
                flag: true
                list: [a, b]
                map: {key: value}
                """;

        assertThat(read(text, map -> map.text("text"))).contains("some words");
        assertThat(read(text, map -> map.integer("number", 0, 1_000_000))).contains(128_000);
        assertThat(read(text, map -> map.decimal("price", BigDecimal.ZERO, BigDecimal.ONE)))
                .contains(new BigDecimal("0.075"));
        assertThat(read(text, map -> map.duration("time", Duration.ZERO, Duration.ofHours(1))))
                .contains(Duration.ofSeconds(90));
        assertThat(read(text, map -> map.bytes("size", 1, 1 << 30))).contains(8L << 20);
        assertThat(read(text, map -> map.flag("flag"))).contains(true);
        assertThat(
                        read(
                                text,
                                map ->
                                        Optional.of(
                                                map.items("list").stream()
                                                        .map(YamlValue::text)
                                                        .flatMap(Optional::stream)
                                                        .toList())))
                .contains(List.of("a", "b"));
        assertThat(read(text, map -> map.map("map", it -> it.text("key").orElse(""))))
                .contains("value");
    }

    @Test
    void takesAKeyWithoutAValueAsAbsent() {
        assertThat(read("text:\nother: ~\n", map -> map.text("text"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "~", "{}"})
    void takesAnEmptyFileAsAnEmptyMap(String text) {
        assertThat(read(text, map -> Optional.of(map.keys().size()))).contains(0);
    }

    @Test
    void reportsEveryUnknownKeyInTheOrderOfTheFile() {
        var text =
                """
                server:
                  prot: 8080
                  colour: red
                surver: {}
                """;

        assertThat(problems(text, map -> map.map("server", server -> server.integer("port", 0, 9))))
                .containsExactly(
                        "f.yaml:2:3: server.prot is not a known key; did you mean port?",
                        "f.yaml:3:3: server.colour is not a known key; known here: port",
                        "f.yaml:4:1: surver is not a known key; did you mean server?");
    }

    @Test
    void leavesTopLevelKeysForAnchorsAlone() {
        var text =
                """
                x-base: &base {a: 1, b: 2}
                top:
                  <<: *base
                  b: 3
                """;

        assertThat(
                        read(
                                text,
                                map ->
                                        map.map(
                                                "top",
                                                top ->
                                                        List.of(
                                                                top.integer("a", 0, 9)
                                                                        .orElseThrow(),
                                                                top.integer("b", 0, 9)
                                                                        .orElseThrow()))))
                .contains(List.of(1, 3));
    }

    @Test
    void mergesListsOfMapsTheEarlierFirst() {
        var text =
                """
                x-one: &one {a: 1}
                x-two: &two {a: 2, b: 2}
                <<: [*one, *two]
                """;

        assertThat(read(text, map -> map.text("a"))).contains("1");
        assertThat(read(text, map -> map.text("b"))).contains("2");
    }

    @Test
    void findsUnknownKeysInWhatIsMerged() {
        var text = "x-base: &base\n  urll: 1\ntop:\n  <<: *base\n";

        assertThat(problems(text, map -> map.map("top", top -> top.text("url"))))
                .containsExactly("f.yaml:2:3: top.urll is not a known key; did you mean url?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\na: 2 | f.yaml:2:1: a is set twice, first on line 1",
                "a: !!java.net.URL [x] | f.yaml:1:4: not YAML: Global tag is not allowed:"
                        + " tag:yaml.org,2002:java.net.URL",
                "a: !thing x | f.yaml:1:4: a has the tag !thing; tags are not supported",
                "a: ${HOME} | f.yaml:1:4: a uses ${...}, which is not replaced here; where a key"
                        + " allows it, write {env: NAME} instead",
                "'? [a]\\n: b' | f.yaml:1:3: has a key that is not text",
                "<<: text | f.yaml:1:5: << must be a map or a list of maps",
                "[a, b] | f.yaml:1:1: the file must be a map of keys to values",
                "a: [1 | f.yaml:2:1: not YAML: expected ',' or ']', but got <stream end>",
                "a: *b | f.yaml:1:4: not YAML: found undefined alias b"
            })
    void saysWhatIsWrongAnywhere(String text, String problem) {
        assertThat(problems(text.replace("\\n", "\n") + "\n", YamlMap::entries)).contains(problem);
    }

    @Test
    void readsOneDocumentOnly() {
        assertThat(problems("a: 1\n---\na: 2\n", YamlMap::entries))
                .singleElement()
                .asString()
                .startsWith("f.yaml:2:1: not YAML");
    }

    @Test
    void survivesRecursionAndManyAliases() {
        assertThat(problems("a: &a {b: *a}\n", map -> map.map("a", a -> a.text("b"))))
                .containsExactly("f.yaml:1:4: a.b must be text, not a map");
        assertThat(problems("a: &a\n  <<: *a\n  b: 1\n", map -> map.map("a", a -> a.text("c"))))
                .containsExactly("f.yaml:3:3: a.b is not a known key; did you mean c?");
        var bomb = new StringBuilder("x-0: &x0 [a, a]\n");
        for (var i = 1; i < 40; i++) {
            bomb.append("x-%d: &x%d [*x%d, *x%d, *x%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertThat(read(bomb.toString(), map -> map.text("a"))).isEmpty();
        bomb.append("x-z: [").append("*x0, ".repeat(100)).append("a]\n");
        assertThat(problems(bomb.toString(), map -> map.text("a")))
                .singleElement()
                .asString()
                .contains("not YAML: Number of aliases");
        assertThat(problems("a: " + "[".repeat(5_000) + "\n", map -> map.text("a")))
                .singleElement()
                .asString()
                .contains("not YAML: Nesting Depth exceeded");
        assertThat(problems("a: " + "b".repeat(YamlFile.MAX_LENGTH), map -> map.text("a")))
                .containsExactly("f.yaml: is longer than 1048576 characters");
        assertThat(problems("a: \u0000", map -> map.text("a")))
                .singleElement()
                .asString()
                .startsWith("f.yaml: not YAML");
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "2s, 2000",
        "2 s, 2000",
        "5m, 300000",
        "1h, 3600000",
    })
    void readsDurations(String text, long millis) {
        assertThat(read("a: " + text, YamlFileTest::duration)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "1.5s", "-1s", "2h", "0s", "5 minutes", "PT5S", "999999999999h"})
    void refusesOtherDurations(String text) {
        assertThat(problems("a: " + text, YamlFileTest::duration))
                .containsExactly(
                        "f.yaml:1:4: a must be a duration from 1ms to 1h such as 500ms, 30s, 5m or"
                                + " 1h, not \"%s\"".formatted(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10B, 10",
        "2kB, 2000",
        "3MB, 3000000",
        "1KiB, 1024",
        "8MiB, 8388608",
        "1GiB, 1073741824"
    })
    void readsSizes(String text, long bytes) {
        assertThat(read("a: " + text, map -> map.bytes("a", 1, 1 << 30))).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "8Mi", "8mb", "2GiB", "0B", "999999999999GiB", "1.5MiB"})
    void refusesOtherSizes(String text) {
        assertThat(problems("a: " + text, map -> map.bytes("a", 1, 1 << 30)))
                .containsExactly(
                        "f.yaml:1:4: a must be a size from 1 to 1073741824 bytes such as 512KiB or"
                                + " 8MiB, not \"%s\"".formatted(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"010", "0x10", "1e3", "1.0", "-1", "11", "99999999999999999999", "1:30"})
    void refusesNumbersThatAreNotWholeOrOutOfRange(String text) {
        assertThat(problems("a: " + text, map -> map.integer("a", 0, 10)))
                .containsExactly(
                        "f.yaml:1:4: a must be a whole number from 0 to 10, not \"%s\""
                                .formatted(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-0.1", "1.01", ".5", "one", ".nan", ".inf"})
    void refusesOtherDecimals(String text) {
        assertThat(problems("a: " + text, map -> map.decimal("a", BigDecimal.ZERO, BigDecimal.ONE)))
                .containsExactly(
                        "f.yaml:1:4: a must be a number from 0 to 1, not \"%s\"".formatted(text));
    }

    @Test
    void takesWordsThatYamlHasForBooleansAsNames() {
        assertThat(read("a: off", map -> map.oneOf("a", Switch.class))).contains(Switch.OFF);
        assertThat(problems("a: offf", map -> map.oneOf("a", Switch.class)))
                .containsExactly(
                        "f.yaml:1:4: a says \"offf\", which is none of the values allowed here; did you"
                                + " mean off?");
        assertThat(problems("a: yes", map -> map.flag("a")))
                .containsExactly("f.yaml:1:4: a must be true or false, not \"yes\"");
    }

    @Test
    void saysWhichTypeIsWantedAndFound() {
        assertThat(problems("a: [1]\nb: {c: 1}\nc: text\nd: ''\n", YamlFileTest::wrongTypes))
                .containsExactly(
                        "f.yaml:1:1: e is missing",
                        "f.yaml:1:4: a must be text, not a list",
                        "f.yaml:2:4: b must be a list, not a map",
                        "f.yaml:3:4: c must be a map, not \"text\"",
                        "f.yaml:4:4: d must be text, not \"\"");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverFailsOtherwiseThanByAProblem(long seed) {
        var random = new Random(seed);
        var letters = "ab:-[]{}&*!<?|>'\"#\n ,${}~%@`\t0";
        var text = new StringBuilder();
        for (var i = random.nextInt(60); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }

        try {
            YamlFile.read("f.yaml", text.toString(), YamlMap::entries);
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    @Test
    void carriesAllProblemsInItsMessage() {
        assertThatThrownBy(() -> YamlFile.read("f.yaml", "b: 1\nc: 2\n", map -> map.text("other")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        """
                        f.yaml:1:1: b is not a known key; known here: other
                        f.yaml:2:1: c is not a known key; known here: other\
                        """);
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    private enum Switch {
        ON,
        OFF
    }

    @Test
    void readsDays() {
        assertThat(read("a: 90d", YamlFileTest::longDuration)).contains(Duration.ofDays(90));
        assertThat(problems("a: 30m", YamlFileTest::longDuration))
                .containsExactly(
                        "f.yaml:1:4: a must be a duration from 1h to 3650d such as 90s, 12h or 90d, not"
                                + " \"30m\"");
    }

    private static Optional<Duration> longDuration(YamlMap map) {
        return map.duration("a", Duration.ofHours(1), Duration.ofDays(3650));
    }

    private static Optional<Duration> duration(YamlMap map) {
        return map.duration("a", Duration.ofMillis(1), Duration.ofHours(1));
    }

    private static Object wrongTypes(YamlMap map) {
        return List.of(
                map.text("a"),
                map.items("b"),
                map.map("c", YamlMap::keys),
                map.text("d"),
                map.required("e"));
    }

    private static <T> Optional<T> read(String text, Function<YamlMap, Optional<T>> reader) {
        return YamlFile.read(
                "f.yaml",
                text,
                map -> {
                    map.allowOthers();
                    return reader.apply(map);
                });
    }

    private static List<String> problems(String text, Function<YamlMap, ?> reader) {
        var thrown =
                catchThrowableOfType(
                        ConfigException.class, () -> YamlFile.read("f.yaml", text, reader::apply));
        return thrown.problems().stream().map(Problem::toString).toList();
    }
}
