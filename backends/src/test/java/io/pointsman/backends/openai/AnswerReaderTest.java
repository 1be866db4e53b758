package io.pointsman.backends.openai;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.backends.FakeUpstream.usage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.Estimates;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.ChatRequests;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

    private static final int RANDOM_CUTS = 200;

    /// Streams as servers send them, each with one thing that cutting might spoil.
    private static List<Arguments> corpus() {
        var plain =
                "data: %s\n\ndata: %s\n\ndata: %s\n\ndata: %s\n\ndata: [DONE]\n\n"
                        .formatted(
                                chunk("{\"role\":\"assistant\",\"content\":\"\"}"),
                                chunk("{\"content\":\"Grüße, 世界 😀\"}"),
                                finish("stop"),
                                usage(3, 2, 0));
        var thinking =
                events(
                        chunk("{\"content\":\"\\n<think>let me\"}"),
                        chunk("{\"content\":\" s\\u00e9e</thi\"}"),
                        chunk("{\"content\":\"nk>\\n\\n42 <think>\"}"),
                        finish("stop"),
                        usage(3, 9, 5),
                        "[DONE]");
        var tools =
                events(
                        chunk(
                                "{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}"),
                        chunk("{\"tool_calls\":[{\"function\":{\"arguments\":\"}\"}}]}"),
                        chunk(
                                "{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}"),
                        finish("tool_calls"),
                        "[DONE]");
        return List.of(
                Arguments.of("LF", plain),
                Arguments.of("CRLF", plain.replace("\n", "\r\n")),
                Arguments.of("CR", plain.replace("\n", "\r")),
                Arguments.of("mixed line ends", plain.replace("\n\ndata", "\r\n\ndata")),
                Arguments.of("no blank after data:", plain.replace("data: ", "data:")),
                Arguments.of("byte order mark", "\uFEFF" + plain),
                Arguments.of(
                        "comments and other fields",
                        ": hello\n\n"
                                + plain.replace(
                                        "data: {", "event: message\nid: 7\n: ping\ndata: {")),
                Arguments.of(
                        "two lines of data", plain.replace(",\"created\"", ",\ndata: \"created\"")),
                Arguments.of("no end line", plain.substring(0, plain.indexOf("data: [DONE]"))),
                Arguments.of("thinking", thinking),
                Arguments.of("tools without index", tools),
                Arguments.of(
                        "usage in every chunk",
                        events(
                                chunk("{\"content\":\"Hello\"}")
                                        .replace(
                                                "}]}",
                                                "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}"),
                                finish("stop")
                                        .replace(
                                                "}]}",
                                                "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"),
                                "[DONE]")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void t33_everyCutInTwoYieldsTheSameEventsAndBytes(String name, String stream) {
        var bytes = stream.getBytes(UTF_8);
        var whole = read(bytes);

        for (int cut = 1; cut < bytes.length; cut++) {
            assertSame(name + " cut at " + cut, read(bytes, cut), whole);
        }
        assertThat(whole.getLast()).isInstanceOf(ChatEvent.Finished.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void t33_randomCutsYieldTheSameEventsAndBytes(String name, String stream) {
        var bytes = stream.getBytes(UTF_8);
        var whole = read(bytes);

        for (int seed = 0; seed < RANDOM_CUTS; seed++) {
            var random = new Random(seed);
            var cuts = random.ints(1 + random.nextInt(40), 0, bytes.length).sorted().toArray();
            assertSame(name + " seed " + seed, read(bytes, cuts), whole);
        }
        var all = new int[bytes.length - 1];
        Arrays.setAll(all, i -> i + 1);
        assertSame(name + " byte by byte", read(bytes, all), whole);
    }

    @Test
    void chunksThatNeedNoEditPassAsTheyCame() {
        var odd =
                "{ \"id\":\"c1\",\"x\":1.50,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\",\"mood\":[ ]},\"finish_reason\":null}]}";

        var events = read(events(odd, finish("stop"), usage(1, 1, 0)).getBytes(UTF_8));

        assertThat(jsons(events)).containsExactly(odd, finish("stop"), usage(1, 1, 0));
    }

    @Test
    void t20_aFinishReasonIsAnEndWithoutDone() {
        var events = read(events(chunk("{\"content\":\"Hi\"}"), finish("stop")).getBytes(UTF_8));

        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        ChatEvent.Finished.class,
                        end -> assertThat(end.reason()).isEqualTo(FinishReason.STOP));
    }

    @Test
    void t20_neitherFinishReasonNorDoneIsTruncated() {
        assertThatThrownBy(() -> read(events(chunk("{\"content\":\"Hi\"}")).getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e -> {
                            assertThat(e.failure()).isInstanceOf(Failure.Broken.class);
                            assertThat(e.failure().message()).contains("truncated");
                        });
    }

    @Test
    void t22_commentsAndBlankLinesAreNoEvents() {
        var reader = reader(OpenAiDialect.DEFAULT);

        assertThat(read(reader, ": keep-alive\n\n\n\r\n: ping\n\n".getBytes(UTF_8))).isEmpty();
    }

    @Test
    void t23_newlinesBeforeAWholeAnswerAreSkipped() {
        var body =
                "\n\n\n\n{\"id\":\"c1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";

        assertThat(io.pointsman.api.wire.CompletionChunk.of(body.getBytes(UTF_8)))
                .hasValueSatisfying(
                        json -> assertThat(new String(json, UTF_8)).contains("\"delta\""));
    }

    @Test
    void t19_whatCameBeforeAnErrorInTheSameReadIsNotLost() {
        var reader = reader(OpenAiDialect.DEFAULT);
        var got = new ArrayList<ChatEvent>();

        var bytes = events(chunk("{\"content\":\"Hi\"}"), "{\"error\":{\"message\":\"boom\"}}");
        assertThatThrownBy(() -> read(reader, bytes.getBytes(UTF_8), got))
                .isInstanceOf(FailureException.class);
        assertThat(jsons(got)).containsExactly(chunk("{\"content\":\"Hi\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"index\":0,\"delta\":{}}]"})
    void t16_usageThatCannotBeReadIsNotToldBesideTheEstimate(String choices) {
        var unreadable =
                "{\"choices\":%s,\"usage\":{\"prompt_tokens\":10.0,\"completion_tokens\":\"5\"}}"
                        .formatted(choices);
        var reader = reader(OpenAiDialect.DEFAULT);
        var events =
                read(
                        reader,
                        events(chunk("{\"content\":\"Hi\"}"), finish("stop"), unreadable, "[DONE]")
                                .getBytes(UTF_8));

        assertThat(jsons(events)).filteredOn(json -> json.contains("prompt_tokens")).hasSize(1);
        assertThat(((ChatEvent.Finished) events.getLast()).usage().estimated()).isTrue();
        assertThat(((ChatEvent.Finished) events.getLast()).usage().completionTokens()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"length, LENGTH", "content_filter, CONTENT_FILTER", "stop, STOP"})
    void t11_usageIsSettledOnEveryEnd(String wire, FinishReason reason) {
        var events =
                read(
                        events(chunk("{\"content\":\"Hi\"}"), finish(wire), usage(7, 3, 0))
                                .getBytes(UTF_8));

        assertThat(events.getLast())
                .isEqualTo(new ChatEvent.Finished(reason, new Usage(7, 0, 3, 0, false)));
    }

    @ParameterizedTest
    @CsvSource({"completion_tokens, COMPLETION", "prompt_tokens, PROMPT"})
    void t09_onlyTheCountThatIsMissingIsEstimated(String missing, Estimates estimates) {
        var all = usage(7, 3, 0);
        var some = all.replaceFirst("\"" + missing + "\":\\d+,?", "");
        assertThat(some).isNotEqualTo(all);
        var events =
                read(events(chunk("{\"content\":\"Hi\"}"), finish("stop"), some).getBytes(UTF_8));

        var usage = ((ChatEvent.Finished) events.getLast()).usage();
        assertThat(usage.estimates()).isEqualTo(estimates);
        assertThat(usage.promptTokens()).isPositive();
        assertThat(usage.completionTokens()).isEqualTo(estimates.completion() ? 1 : 3);
    }

    @Test
    void t09_aStreamThatNeverCountsIsEstimated() {
        var events = read(events(chunk("{\"content\":\"Hi\"}"), finish("stop")).getBytes(UTF_8));

        var end = (ChatEvent.Finished) events.getLast();
        assertThat(end.usage().estimated()).isTrue();
        assertThat(end.usage().completionTokens()).isEqualTo(1);
        assertThat(end.usage().promptTokens()).isPositive();
    }

    @Test
    void t09_usageOfEveryChunkIsMeasuredButToldOnce() {
        var first =
                chunk("{\"content\":\"Hello\"}")
                        .replace(
                                "}]}",
                                "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}");
        var reader = reader(OpenAiDialect.DEFAULT);

        var event = (ChatEvent.Chunk) read(reader, events(first).getBytes(UTF_8)).iterator().next();

        assertThat(event.facts().usage()).contains(new Usage(3, 0, 1, 0, false));
        assertThat(new String(event.json(), UTF_8)).isEqualTo(chunk("{\"content\":\"Hello\"}"));
    }

    @Test
    void t16_usageOnTheLastChunkMovesIntoOneOfItsOwn() {
        var last =
                finish("stop")
                        .replace(
                                "}]}",
                                "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"vendor\":1.50}}");

        var told =
                jsons(read(events(chunk("{\"content\":\"Hi\"}"), last, "[DONE]").getBytes(UTF_8)));

        assertThat(told.stream().filter(json -> json.contains("\"usage\""))).hasSize(1);
        assertThat(told.getLast())
                .contains("\"choices\":[]")
                .contains("\"prompt_tokens\":3")
                .contains("\"vendor\":1.50");
    }

    @Test
    void t07_whatAProviderCountsBesideIsToldAmong() {
        var counts =
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":35,\"completion_tokens_details\":{\"reasoning_tokens\":20}}}";

        var events =
                read(events(chunk("{\"content\":\"Hi\"}"), finish("stop"), counts).getBytes(UTF_8));

        assertThat(((ChatEvent.Finished) events.getLast()).usage())
                .isEqualTo(new Usage(10, 0, 25, 20, false));
        assertThat(jsons(events).getLast())
                .contains("\"completion_tokens\":25")
                .contains("\"total_tokens\":35");
    }

    @Test
    void t40_anAnswerThatRepeatsItselfIsStopped() {
        var reader = reader(dialect(3, 1 << 20));
        var same = chunk("{\"content\":\" and\"}");

        assertThatThrownBy(() -> read(reader, events(same, same, same).getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e -> assertThat(e.failure().message()).contains("limits.repeated-chunks"));
    }

    @ParameterizedTest
    @CsvSource({"3, -", "3, '\\n'", "0, ' and'"})
    void t40_whatMayWellRepeatIsNotStopped(int limit, String text) {
        var reader = reader(dialect(limit, 1 << 20));
        var same = chunk("{\"content\":\"" + text + "\"}");

        assertThat(read(reader, events(same, same, same, same).getBytes(UTF_8))).hasSize(4);
    }

    @Test
    void t40_anAnswerThatIsTooLongIsStopped() {
        var reader = reader(dialect(100, 1_000));

        assertThatThrownBy(() -> read(reader, new byte[1_001]))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e ->
                                assertThat(e.failure().message())
                                        .contains("limits.max-response-bytes"));
    }

    private static OpenAiDialect dialect(int repeated, long bytes) {
        return new OpenAiDialect(
                RequestRules.NONE, ReasoningField.AS_IS, ReasoningTokens.AUTO, repeated, bytes);
    }

    private static AnswerReader reader(OpenAiDialect dialect) {
        return new AnswerReader(
                OpenAiSettings.of(
                                new BackendDescriptor("b", "m", 4096, Optional.empty()),
                                URI.create("http://localhost/v1"))
                        .withThinking(ThinkSplitter.Mode.AUTO)
                        .withDialect(dialect),
                ChatRequests.saying("hello"));
    }

    private static List<ChatEvent> read(byte[] bytes, int... cuts) {
        var reader = reader(OpenAiDialect.DEFAULT);
        var events = new ArrayList<ChatEvent>();
        int from = 0;
        for (int cut : cuts) {
            read(reader, Arrays.copyOfRange(bytes, from, cut), events);
            from = cut;
        }
        read(reader, Arrays.copyOfRange(bytes, from, bytes.length), events);
        reader.end(events);
        return events;
    }

    private static void assertSame(String where, List<ChatEvent> got, List<ChatEvent> expected) {
        assertThat(facts(got)).as(where).isEqualTo(facts(expected));
        assertThat(frames(got)).as(where).isEqualTo(frames(expected));
    }

    private static List<Object> facts(List<ChatEvent> events) {
        return events.stream()
                .<Object>map(event ->
                        switch (event) {
                            case ChatEvent.Chunk(_, var facts, _) -> facts;
                            case ChatEvent.Finished end -> end;
                        })
                .toList();
    }

    private static byte[] frames(List<ChatEvent> events) {
        var bytes = new ByteArrayOutputStream();
        for (var event : events) {
            if (event instanceof ChatEvent.Chunk(byte[] json, _, _)) {
                bytes.writeBytes(SseEncoder.event(json));
            }
        }
        return bytes.toByteArray();
    }

    private static List<String> jsons(List<ChatEvent> events) {
        return events.stream()
                .flatMap(event ->
                        event instanceof ChatEvent.Chunk(byte[] json, _, _)
                                ? Stream.of(new String(json, UTF_8))
                                : Stream.empty())
                .toList();
    }

    private static String events(String... payloads) {
        var stream = new StringBuilder();
        for (var payload : payloads) {
            stream.append("data: ").append(payload).append("\n\n");
        }
        return stream.toString();
    }

    private static List<ChatEvent> read(AnswerReader reader, byte[] bytes) {
        var events = new ArrayList<ChatEvent>();
        read(reader, bytes, events);
        return events;
    }

    /// Reads from an array that is longer and is used again.
    private static void read(AnswerReader reader, byte[] bytes, List<ChatEvent> events) {
        var array = Arrays.copyOf(bytes, bytes.length + 8);
        try {
            reader.read(array, 0, bytes.length, events);
        } finally {
            Arrays.fill(array, (byte) '?');
        }
    }
}
