package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ToolCallIndexesTest {

    /// Two calls whose pieces come one after the other: what servers make of the index.
    private static List<Arguments> servers() {
        return List.of(
                Arguments.of("sane", List.of(0, 0, 1, 1)),
                Arguments.of("missing", List.of(-1, -1, -1, -1)),
                Arguments.of("from one on", List.of(1, 1, 2, 2)),
                Arguments.of("reused", List.of(0, 0, 0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void t37_twoCallsAssembleWhateverTheirIndexes(String name, List<Integer> given) {
        var chunks =
                List.of(
                        piece(
                                given.get(0),
                                "\"id\":\"a\",\"type\":\"function\",",
                                "{\\\"city\\\":"),
                        piece(given.get(1), "", "\\\"Rome\\\"}"),
                        piece(
                                given.get(2),
                                "\"id\":\"b\",\"type\":\"function\",",
                                "{\\\"city\\\":"),
                        piece(given.get(3), "", "\\\"Oslo\\\"}"));
        var indexes = new ToolCallIndexes();
        var aggregator = new ChunkAggregator();

        var told = chunks.stream().map(chunk -> repaired(indexes, chunk)).toList();
        told.forEach(chunk -> aggregator.add(chunk.getBytes(UTF_8)));

        assertThat(told.stream().map(ToolCallIndexesTest::index)).containsExactly(0, 0, 1, 1);
        var calls = calls(aggregator);
        assertThat(calls).as(name).hasSize(2);
        assertThat(arguments(calls, 0).at("/city").asString()).isEqualTo("Rome");
        assertThat(arguments(calls, 1).at("/city").asString()).isEqualTo("Oslo");
    }

    @Test
    void t37_interleavedCallsKeepTheirIndexesAndBytes() {
        var chunks =
                List.of(
                        piece(0, "\"id\":\"a\",", "{\\\"x\\\":"),
                        piece(1, "\"id\":\"b\",", "{\\\"x\\\":"),
                        piece(0, "", "1}"),
                        piece(1, "", "2}"));
        var indexes = new ToolCallIndexes();
        var aggregator = new ChunkAggregator();

        for (var chunk : chunks) {
            var bytes = chunk.getBytes(UTF_8);
            assertThat(indexes.repair(bytes)).isSameAs(bytes);
            aggregator.add(bytes);
        }

        assertThat(arguments(calls(aggregator), 0).at("/x").asInt()).isEqualTo(1);
        assertThat(arguments(calls(aggregator), 1).at("/x").asInt()).isEqualTo(2);
    }

    @Test
    void t37_twoCallsInOneChunkAreNumbered() {
        var chunk =
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\"},{ \"id\":\"b\",\"index\":0}]}}]}";

        assertThat(repaired(new ToolCallIndexes(), chunk))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\"},{ \"id\":\"b\",\"index\":1}]}}]}");
    }

    @Test
    void t37_choicesCountForThemselves() {
        var indexes = new ToolCallIndexes();
        var first =
                "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\"}]}}]}";
        var second =
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\"}]},\"index\":1}]}";

        assertThat(repaired(indexes, first)).isEqualTo(first);
        assertThat(repaired(indexes, second)).isEqualTo(second);
    }

    @Test
    void anIdThatComesLateBelongsToItsCall() {
        var indexes = new ToolCallIndexes();

        assertThat(index(repaired(indexes, piece(0, "", "")))).isZero();
        assertThat(index(repaired(indexes, piece(0, "\"id\":\"a\",", "")))).isZero();
        assertThat(index(repaired(indexes, piece(0, "\"id\":\"b\",", "")))).isEqualTo(1);
    }

    private static String piece(int index, String head, String arguments) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{"
                + (index < 0 ? "" : "\"index\":" + index + ",")
                + head
                + "\"function\":{"
                + (head.isEmpty() ? "" : "\"name\":\"weather\",")
                + "\"arguments\":\""
                + arguments
                + "\"}}]}}]}";
    }

    private static String repaired(ToolCallIndexes indexes, String chunk) {
        return new String(indexes.repair(chunk.getBytes(UTF_8)), UTF_8);
    }

    private static int index(String chunk) {
        return JsonMapper.shared()
                .readTree(chunk)
                .at("/choices/0/delta/tool_calls/0/index")
                .asInt();
    }

    private static JsonNode calls(ChunkAggregator aggregator) {
        return JsonMapper.shared()
                .readTree(aggregator.completion())
                .at("/choices/0/message/tool_calls");
    }

    private static JsonNode arguments(JsonNode calls, int call) {
        return JsonMapper.shared()
                .readTree(calls.at("/" + call + "/function/arguments").asString());
    }
}
