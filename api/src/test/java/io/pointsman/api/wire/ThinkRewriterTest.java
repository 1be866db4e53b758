package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.wire.ThinkSplitter.Mode;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class ThinkRewriterTest {

    @Test
    void movesThinkingAndKeepsTheRest() {
        var rewriter = new ThinkRewriter(Mode.AUTO);

        assertThat(
                        rewrite(
                                rewriter,
                                "{\"é\":1,\"choices\":[{\"index\":0,\"delta\":{\"x\":[1.0], \"content\" : \"<think>hm\",\"y\":{}},\"z\":2}]}"))
                .isEqualTo(
                        "{\"é\":1,\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\",\"x\":[1.0], \"content\" : \"\",\"y\":{}},\"z\":2}]}");
        assertThat(
                        rewrite(
                                rewriter,
                                "{\"choices\":[{\"delta\":{\"reasoning_content\":null,\"content\":\"m</think>\\n😀\"}}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"m\",\"content\":\"😀\"}}]}");
        var later = "{\"choices\":[{\"delta\":{\"content\":\"<think>\"}}]}";
        assertThat(rewrite(rewriter, later)).isEqualTo(later);
    }

    @Test
    void givesOutWhatItHeldWithTheFinishReason() {
        var held = "{\"choices\":[{\"delta\":{\"content\":\"<thi\"},\"finish_reason\":null}]}";

        var rewriter = new ThinkRewriter(Mode.AUTO);
        assertThat(rewrite(rewriter, held)).contains("\"content\":\"\"");
        assertThat(rewrite(rewriter, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"content\":\"<thi\"},\"finish_reason\":\"stop\"}]}");

        rewriter = new ThinkRewriter(Mode.OPENED);
        rewrite(rewriter, held);
        assertThat(
                        rewrite(
                                rewriter,
                                "{\"choices\":[{\"delta\":{\"a\":1},\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"<thi\",\"a\":1},\"finish_reason\":\"stop\"}]}");

        rewriter = new ThinkRewriter(Mode.AUTO);
        rewrite(rewriter, held);
        assertThat(rewrite(rewriter, "{\"choices\":[{\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"content\":\"<thi\"},\"finish_reason\":\"stop\"}]}");
    }

    @Test
    void givesOutWhatItHeldAtAnEndWithoutReason() {
        var rewriter = new ThinkRewriter(Mode.AUTO);
        var chunk = "{\"id\":\"x\",\"choices\":[{\"index\":2,\"delta\":{\"content\":\"<\"}}]}";
        rewrite(rewriter, chunk);

        assertThat(new String(rewriter.finish(chunk.getBytes(UTF_8)).orElseThrow().json(), UTF_8))
                .isEqualTo(
                        "{\"id\":\"x\",\"choices\":[{\"index\":2,\"delta\":{\"content\":\"<\"},\"finish_reason\":null}]}");
        assertThat(rewriter.finish(chunk.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void leavesAServerAloneThatSendsReasoningItself() {
        var rewriter = new ThinkRewriter(Mode.OPENED);
        var first = "{\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}";
        var second = "{\"choices\":[{\"delta\":{\"content\":\"a</think>b\"}}]}";

        assertThat(rewrite(rewriter, first)).isEqualTo(first);
        assertThat(rewrite(rewriter, second)).isEqualTo(second);
    }

    @Test
    void tellsChoicesApart() {
        var rewriter = new ThinkRewriter(Mode.AUTO);

        assertThat(
                        rewrite(
                                rewriter,
                                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<think>a\"}},{\"delta\":{\"content\":\"b\"},\"index\":1}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"a\",\"content\":\"\"}},{\"delta\":{\"content\":\"b\"},\"index\":1}]}");
        assertThat(rewrite(rewriter, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"c\"}}]}"))
                .contains("\"reasoning_content\":\"c\"");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNoTextHoweverItIsCut(long seed) {
        var random = new Random(seed);
        var text = "\n<think>1 < 2, \"so\" \ud83d\ude00</think>\n\nThe <b>answer</b> </think>";
        var rewriter = new ThinkRewriter(Mode.AUTO);
        var aggregator = new ChunkAggregator();
        int from = 0;
        while (from < text.length()) {
            int to = random.nextInt(from, text.length()) + 1;
            var chunk =
                    new JsonBytes(64)
                            .raw("{\"choices\":[{\"index\":0,\"delta\":{\"content\":")
                            .string(text.substring(from, to))
                            .raw("}}]}")
                            .toByteArray();
            aggregator.add(rewriter.rewrite(new Chunk(chunk, ChunkReader.facts(chunk))).json());
            from = to;
        }

        var message =
                JsonMapper.shared().readTree(aggregator.completion()).at("/choices/0/message");
        assertThat(message.path("reasoning_content").stringValue())
                .isEqualTo("1 < 2, \"so\" \ud83d\ude00");
        assertThat(message.path("content").stringValue()).isEqualTo("The <b>answer</b> </think>");
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static String rewrite(ThinkRewriter rewriter, String chunk) {
        var bytes = chunk.getBytes(UTF_8);
        return new String(
                rewriter.rewrite(new Chunk(bytes, ChunkReader.facts(bytes))).json(), UTF_8);
    }
}
