package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
                    "{\"x\":\"%2$s\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%1$s\"}}],\"x\":9}",
                    "{\"x\":1,\"choices\":1,\"x\":2,\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}]}",
                    "{\"x\":1,\"choices\":[],\"x\":2,\"choices\":[{\"delta\":{\"content\":\"%1$s\"}}]}",
                    "{\"x\":1,\"choices\":[{\"delta\":{\"content\":\"%1$s\"}},{\"index\":1,"
                            + "\"delta\":{\"content\":\"%2$s\"},\"finish_reason\":\"stop\"}]}",
                    "{\"x\":1,\"choices\":[{\"index\":\"2\",\"delta\":{\"content\":\"%1$s\"}}]}",
                    "{\"x\":1,\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"%1$s\"}}]}",
                    "{\"x\":1,\"choices\":[{\"delta\":{\"content\":\"%1$s\",\"role\":\"%2$s\"}}]}",
                    "{\"x\":1,\"choices\":[7,{\"delta\":{\"content\":\"%1$s\"},\"delta\":null}]}",
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

        var next = OPEN_AI.formatted(" wörld\\n", "").getBytes(UTF_8);
        var match = Objects.requireNonNull(pattern.match(next));
        assertThat(match.text()).isEqualTo(" wörld\n");
        assertThat(match.length()).isEqualTo(7);
        assertThat(match.form().field()).isEqualTo("content");
        var text = new JsonText();
        match.appendTo(text);
        assertThat(written(text)).isEqualTo("\" wörld\\n\"");
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

        assertThat(pattern.match(OPEN_AI.formatted(text, "").getBytes(UTF_8))).isNull();
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

    /// Folded by what was found when they were read, by a pattern of the aggregator's own, and each
    /// anew; some chunks are lost on the way, edited, or given out late.
    @ParameterizedTest
    @MethodSource("seeds")
    void changesNothingOfWhatIsFolded(int seed) {
        var random = new Random(seed);
        var pattern = new ChunkPattern();
        var known = new ChunkAggregator();
        var unread = new ChunkAggregator();
        var anew = new ChunkAggregator();
        var chunks = new ArrayList<Chunk>();
        for (var json : stream(random)) {
            try {
                var read = ChunkReader.read(json, ReasoningTokens.AUTO, pattern);
                int place =
                        random.nextInt(20) == 0 ? random.nextInt(chunks.size() + 1) : chunks.size();
                chunks.add(place, read.chunk(random.nextInt(20) == 0 ? json.clone() : json));
            } catch (FailureException _) {
                // Nobody folds what cannot be read.
            }
        }
        for (var chunk : chunks) {
            if (random.nextInt(20) == 0) {
                continue;
            }
            known.add(chunk);
            unread.add(chunk.json());
            anew.addAnew(chunk.json());
            var folded = new String(anew.completion(), UTF_8);
            assertThat(new String(known.completion(), UTF_8)).isEqualTo(folded);
            assertThat(new String(unread.completion(), UTF_8)).isEqualTo(folded);
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
