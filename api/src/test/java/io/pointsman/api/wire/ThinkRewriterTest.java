package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.wire.ThinkSplitter.Mode;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    AS_IS             | "reasoning":"é"                           | "reasoning":"é"
                    AS_IS             | "reasoning_content":"é"                   | "reasoning_content":"é"
                    REASONING_CONTENT | "reasoning_content":"é","x":1             | "reasoning_content":"é","x":1
                    REASONING_CONTENT | "content":null, "reasoning" : "é"         | "content":null, "reasoning_content" : "é"
                    REASONING_CONTENT | "reasoning":"é","reasoning_content":null  | "reasoning_content":"é"
                    REASONING_CONTENT | "reasoning":"é","reasoning_content":"é"   | "reasoning_content":"é"
                    REASONING         | "x":1,"reasoning_content":"é"             | "x":1,"reasoning":"é"
                    REASONING         | "reasoning_content":"é","reasoning":""    | "reasoning":"é"
                    REASONING         | "reasoning":"é","reasoning_content":null,"x":1 | "reasoning":"é","x":1
                    BOTH              | "reasoning":"é"                           | "reasoning_content":"é","reasoning":"é"
                    BOTH              | "reasoning_content":"é","x":1             | "reasoning":"é","reasoning_content":"é","x":1
                    BOTH              | "reasoning_content":"","reasoning":"é"    | "reasoning_content":"é","reasoning":"é"
                    BOTH              | "reasoning_content":"é","reasoning":"é"   | "reasoning_content":"é","reasoning":"é"
                    """)
    void t35_callsThinkingWhatTheClientExpects(ReasoningField field, String delta, String told) {
        var rewriter = new ThinkRewriter(Mode.AUTO, field, 1);

        assertThat(rewrite(rewriter, "{\"choices\":[{\"delta\":{" + delta + "}}]}"))
                .isEqualTo("{\"choices\":[{\"delta\":{" + told + "}}]}");
    }

    @Test
    void t35_callsThinkingFromTagsWhatTheClientExpects() {
        var chunk = "{\"choices\":[{\"delta\":{\"content\":\"<think>a</think>b\"}}]}";

        assertThat(rewrite(new ThinkRewriter(Mode.AUTO, ReasoningField.REASONING, 1), chunk))
                .isEqualTo("{\"choices\":[{\"delta\":{\"reasoning\":\"a\",\"content\":\"b\"}}]}");
        assertThat(rewrite(new ThinkRewriter(Mode.AUTO, ReasoningField.BOTH, 1), chunk))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"a\",\"reasoning\":\"a\",\"content\":\"b\"}}]}");
    }

    @Test
    void t34_aTemplateThatOpensTheTagLeavesOnlyTheCloser() {
        var rewriter = new ThinkRewriter(Mode.OPENED);

        assertThat(rewrite(rewriter, "{\"choices\":[{\"delta\":{\"content\":\"let me \"}}]}"))
                .contains("\"reasoning_content\":\"let me \"");
        assertThat(
                        rewrite(
                                rewriter,
                                "{\"choices\":[{\"delta\":{\"content\":\"see</think>\\n\\nUse <think>\"}}]}"))
                .isEqualTo(
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"see\",\"content\":\"Use <think>\"}}]}");
    }

    @Test
    void looksAtNoChunkOnceTheAnswerHasBegun() {
        var rewriter = new ThinkRewriter(Mode.AUTO);
        rewrite(rewriter, "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}");
        var noJson =
                new Chunk(
                        "oops".getBytes(UTF_8),
                        ChunkReader.facts(
                                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}".getBytes(UTF_8)));

        assertThat(rewriter.rewrite(noJson)).isSameAs(noJson);
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
