package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkPatternTest {

    private static final String OPEN_AI =
            "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"logprobs\":null,"
                    + "\"finish_reason\":null}],\"usage\":null,\"obfuscation\":\"%s\"}";

    private static final String HEAD =
            "{\"id\":\"c\",\"x\":{\"y\":[1]},\"model\":\"m\",\"choices\":[";

    private static final List<String> FORMS =
            List.of(
                    OPEN_AI,
                    "{\"obfuscation\":\"%2$s\",\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}]}",
                    "{\"choices\":[{\"index\":1,\"delta\":{\"reasoning_content\":\"%1$s\","
                            + "\"content\":null}}]}",
                    "{\"choices\":[{\"index\":2,\"delta\":{\"content\":\"%1$s\",\"content\":null}}]}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"}},{\"index\":1,\"delta\":{}}]}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}],\"choices\":[]}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"},\"delta\":{\"content\":\"b\"}}]}",
                    "{\"choices\":[{\"delta\":{\"content\":\"\",\"refusal\":\"%1$s\"}}]} ",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"},\"logprobs\":{\"content\":[1]}}]}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\",\"tool_calls\":[{\"index\":0}]}}]}",
                    "{\"x\":[\"%2$s\"],\"choices\":[{\"delta\":{\"content\":\"%1$s\"},\"x\":{\"y\":[]},"
                            + "\"finish_reason\":null}],\"service_tier\":\"%2$s\"}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"},\"finish_reason\":\"stop\"}]}",
                    "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}],\"usage\":{\"prompt_tokens\":3}}",
                    HEAD + "{\"delta\":{\"content\":\"%1$s\"}}]}",
                    HEAD + "{\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":null}",
                    HEAD + "],\"usage\":{\"completion_tokens\":4,\"total_tokens\":9},\"x\":1}",
                    HEAD + "{\"delta\":{\"tool_calls\":[{\"id\":\"t\"}]}}],\"error\":null}",
                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}],\"error\":{\"message\":\"no\"}}");

    private static final List<String> PIECES =
            List.of(
                    " word",
                    "a",
                    "",
                    "é",
                    "中",
                    "\uD83D\uDE00",
                    "\\n",
                    "\\\"",
                    "\\\\",
                    "\\/",
                    "\\u00e9",
                    "\\ud83d",
                    "\"",
                    "\\",
                    "\u0001",
                    "\n",
                    "\u007f",
                    "\u2028",
                    "\\q",
                    "{");

    @Test
    void knowsTheNextChunkByTheLast() {
        var pattern = new ChunkPattern();
        read(OPEN_AI.formatted("Hello", "x7").getBytes(UTF_8), pattern);

        assertThat(pattern.matches(OPEN_AI.formatted(" wörld\\n", "").getBytes(UTF_8))).isTrue();
        var text = new JsonText();
        pattern.appendTo(text);
        assertThat(written(text)).isEqualTo("\" wörld\\n\"");
        assertThat(pattern.field()).isEqualTo("content");
    }

    private static String written(JsonValue value) {
        var json = new JsonBytes(16);
        value.writeTo(json);
        return new String(json.toByteArray(), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\",\"x\":\"", "\\u0061", "\\", "\"", "\t", "\uD83D\uDE00"})
    void leavesWhatIsUnusualToAParser(String text) {
        var pattern = new ChunkPattern();
        read(OPEN_AI.formatted("Hello", "").getBytes(UTF_8), pattern);

        assertThat(pattern.matches(OPEN_AI.formatted(text, "").getBytes(UTF_8))).isFalse();
    }

    /// Streams of chunks of a few forms, some of them damaged, read with and without a pattern.
    @ParameterizedTest
    @MethodSource("seeds")
    void changesNothingOfWhatIsRead(int seed) {
        var random = new Random(seed);
        var pattern = new ChunkPattern();
        for (var chunk : stream(random)) {
            assertThat(read(chunk, pattern))
                    .as(() -> new String(chunk, UTF_8))
                    .isEqualTo(read(chunk, new ChunkPattern()));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void changesNothingOfWhatIsFolded(int seed) {
        var quick = new ChunkAggregator();
        var plain = new ChunkAggregator();
        for (var json : stream(new Random(seed))) {
            try {
                var chunk = new Chunk(json, ChunkReader.facts(json));
                plain.add(json);
                quick.add(chunk);
            } catch (FailureException | IllegalArgumentException _) {
                // Nobody folds what cannot be read.
                continue;
            }
            assertThat(new String(quick.completion(), UTF_8))
                    .isEqualTo(new String(plain.completion(), UTF_8));
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 400);
    }

    private static List<byte[]> stream(Random random) {
        var forms = new ArrayList<String>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            forms.add(FORMS.get(random.nextInt(FORMS.size())));
        }
        var chunks = new ArrayList<byte[]>();
        var form = forms.getFirst();
        for (int i = 0; i < 30; i++) {
            if (random.nextInt(4) == 0) {
                form = forms.get(random.nextInt(forms.size()));
            }
            var chunk =
                    form.formatted(text(random), random.nextBoolean() ? "x" : "yz").getBytes(UTF_8);
            if (random.nextInt(12) == 0) {
                chunk[random.nextInt(chunk.length)] = (byte) random.nextInt();
            }
            chunks.add(chunk);
        }
        return chunks;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            int usual = random.nextInt(3) == 0 ? PIECES.size() : 5;
            text.append(PIECES.get(random.nextInt(usual)));
        }
        return text.toString();
    }

    /// All that is read of a chunk, or why it is not.
    private static String read(byte[] chunk, ChunkPattern pattern) {
        try {
            var reader = ChunkReader.read(chunk, ReasoningTokens.AUTO, pattern);
            return reader.facts()
                    + " "
                    + reader.textHash()
                    + " "
                    + new String(reader.withoutUsage(), UTF_8)
                    + new String(reader.withSoundUsage(), UTF_8);
        } catch (FailureException failed) {
            return failed.failure().toString();
        }
    }
}
