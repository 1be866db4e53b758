package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkWriterTest {

    private static final ChunkWriter WRITER = new ChunkWriter("id\"1", 7, "mödel");
    private static final Usage USAGE = new Usage(5, 2, 7, 3, false);

    @Test
    void writesChunks() {
        assertThat(text(WRITER.content("a\n\u0001😀\"\\")))
                .isEqualTo(
                        "{\"id\":\"id\\\"1\",\"object\":\"chat.completion.chunk\",\"created\":7,"
                                + "\"model\":\"mödel\",\"choices\":[{\"index\":0,\"delta\":"
                                + "{\"content\":\"a\\n\\u0001😀\\\"\\\\\"},\"finish_reason\":null}]}");
        assertThat(text(WRITER.finish(0, FinishReason.TOOL_CALLS)))
                .endsWith("\"delta\":{},\"finish_reason\":\"tool_calls\"}]}");
        assertThat(text(WRITER.usage(USAGE)))
                .endsWith(
                        "\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,"
                                + "\"total_tokens\":12,\"prompt_tokens_details\":{\"cached_tokens\":2},"
                                + "\"completion_tokens_details\":{\"reasoning_tokens\":3}}}");
    }

    @ParameterizedTest
    @MethodSource("chunks")
    void knowsTheFactsOfItsChunks(Chunk chunk) {
        assertThat(ChunkReader.facts(chunk.json())).isEqualTo(chunk.facts());
    }

    static Stream<Chunk> chunks() {
        return Stream.of(
                WRITER.role(0),
                WRITER.content("a"),
                WRITER.reasoning("b"),
                WRITER.finish(0, FinishReason.STOP),
                WRITER.usage(USAGE),
                ChunkWriter.usage(WRITER.content("a").json(), USAGE));
    }

    @Test
    void escapesHalfACharacter() {
        assertThat(text(WRITER.content("a\ud83d"))).contains("\"a\\ud83d\"");
        assertThat(text(WRITER.content("\ude00\ud83d\ude00"))).contains("\"\\ude00😀\"");
    }

    @Test
    void writesAUsageChunkLikeAnother() {
        var like =
                "{\"id\":\"x\",\"choices\":[{\"index\":0}],\"usage\":null,\"z\":1}".getBytes(UTF_8);

        assertThat(text(ChunkWriter.usage(like, USAGE)))
                .startsWith("{\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,")
                .endsWith("},\"z\":1}");
    }

    @Test
    void setsFieldsOfObjects() {
        var seven = "7".getBytes(UTF_8);

        assertThat(text(JsonFields.with("{}".getBytes(UTF_8), "a", seven))).isEqualTo("{\"a\":7}");
        assertThat(text(JsonFields.with("{\"b\":[ ] }".getBytes(UTF_8), "a", seven)))
                .isEqualTo("{\"b\":[ ] ,\"a\":7}");
        assertThat(
                        text(
                                JsonFields.with(
                                        "{\"ü\":1,\"a\":{\"a\":1},\"b\":2}".getBytes(UTF_8),
                                        "a",
                                        seven)))
                .isEqualTo("{\"ü\":1,\"a\":7,\"b\":2}");
        assertThatThrownBy(() -> JsonFields.with("[]".getBytes(UTF_8), "a", seven))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String text(Chunk chunk) {
        return text(chunk.json());
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }
}
