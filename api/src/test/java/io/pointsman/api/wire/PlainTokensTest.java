package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.FailureException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/// Whatever is read without Jackson's parser is read as that parser reads it.
class PlainTokensTest {

    private static final String HEAD =
            "{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,"
                    + "\"model\":\"m\",\"service_tier\":null,\"choices\":[";

    /// Chunks of the forms that servers send.
    private static final List<String> CHUNKS =
            List.of(
                    HEAD
                            + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                            + "\"logprobs\":null,\"finish_reason\":null}]}",
                    HEAD
                            + "{\"index\":0,\"delta\":{\"content\":\" a \\\"wörd\\\"\\n 中\\u00e9 \uD83D\uDE00 of some length\"},"
                            + "\"finish_reason\":null}],\"usage\":null,\"obfuscation\":\"x7\"}",
                    HEAD
                            + " {\"index\" : 1, \"delta\":{ \"reasoning_content\":\"hm\\/\\ud83d\" } , \"finish_reason\":\"stop\"}\n]\t}",
                    HEAD + "{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}",
                    HEAD
                            + "{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}}]},"
                            + "\"logprobs\":{\"content\":[{\"logprob\":-0.25e-1,\"top\":[]}]}}]}",
                    HEAD
                            + "],\"usage\":{\"prompt_tokens\":250,\"completion_tokens\":16,\"total_tokens\":266,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":0},\"x\":[1.50,-7,0,true,false,{}],"
                            + "\"completion_tokens_details\":{\"reasoning_tokens\":20}}}");

    /// Bytes that matter to a parser, for those that mutations put in.
    private static final byte[] SIGNIFICANT =
            "{}[]\",:\\/ue0019-+.E \t\n\rntf\0\u007fé😀".getBytes(UTF_8);

    @ParameterizedTest
    @MethodSource("chunks")
    void knowsTheUsualChunks(String chunk) {
        assertThat(plain(chunk.getBytes(UTF_8), 0)).isPresent();
    }

    @ParameterizedTest
    @MethodSource("chunks")
    void readsEachChunkThatDiffersInOneByteAsAParserDoes(String chunk) {
        var json = chunk.getBytes(UTF_8);
        for (int at = 0; at < json.length; at++) {
            var mutant = json.clone();
            for (int b = 0; b < 256; b++) {
                mutant[at] = (byte) b;
                assertAlike(mutant, at);
            }
            assertAlike(Arrays.copyOf(json, at), at);
            assertAlike(spliced(json, at, at + 1, new byte[0]), at);
            for (byte b : SIGNIFICANT) {
                assertAlike(spliced(json, at, at, new byte[] {b}), at);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsDamagedChunksAsAParserDoes(int seed) {
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            assertAlike(mutant(random), seed);
        }
    }

    /// The name of a last field, spelled with an escape, is unusual and makes Jackson's parser read
    /// the same chunk.
    @ParameterizedTest
    @MethodSource("seeds")
    void makesTheSameOfChunksWhicheverWayTheyAreRead(int seed) {
        var random = new Random(seed);
        var plain = new ChunkAggregator();
        var parsed = new ChunkAggregator();
        for (int i = 0; i < 20; i++) {
            var chunk = mutant(random);
            int end = chunk.length - (chunk.length > 0 ? 1 : 0);
            var one = spliced(chunk, end, end, ",\"x\":1".getBytes(UTF_8));
            var other = spliced(chunk, end, end, ",\"\\u0078\":1".getBytes(UTF_8));

            assertThat(read(one)).as(() -> text(one)).isEqualTo(read(other));
            assertThat(fold(one, plain)).as(() -> text(one)).isEqualTo(fold(other, parsed));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "7",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":-}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":+1}",
                "{\"a\":nul}",
                "{\"a\":nulls}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\t\"}",
                "{'a':1}",
                "{\"a\":1 /* */}",
                "{\"\\u0061\":1}",
                "{\"ä\":1}",
                "{\"a\":1234567890123456789}"
            })
    void leavesWhatIsWrongOrRareToAParser(String json) {
        assertThat(plain(json.getBytes(UTF_8), 0)).isEmpty();
    }

    @Test
    void leavesWhatCouldReachALimitToAParser() {
        assertThat(plain(nested(63), 0)).isPresent();
        assertThat(plain(nested(64), 0)).isEmpty();
        assertThat(plain(("{\"" + "a".repeat(2_000) + "\":1}").getBytes(UTF_8), 0)).isEmpty();
        assertThat(plain(("{\"a\":\"" + "a".repeat(1 << 20) + "\"}").getBytes(UTF_8), 0)).isEmpty();
        assertThat(plain(("{\"a\":0." + "1".repeat(200) + "}").getBytes(UTF_8), 0)).isEmpty();
    }

    @Test
    void beginsBehindWhatIsKnown() {
        var json = "{\"a\":1,\"b\":[2]}".getBytes(UTF_8);
        var tokens = new PlainTokens(json, 6);

        assertThat(tokens.next()).isEqualTo(JsonToken.START_OBJECT);
        assertThat(tokens.nextName()).isEqualTo("b");
        assertThat(tokens.start()).isEqualTo(7);
        assertThat(tokens.next()).isEqualTo(JsonToken.START_ARRAY);
        assertThat(tokens.end()).isEqualTo(14);
        assertThat(tokens.nextName()).isNull();
    }

    @Test
    void readsAgainWithAParserWhatIsUnusualBehindWhatIsKnown() {
        var json = "{\"a\":1,\"\\u0062\":[2]}".getBytes(UTF_8);

        int end =
                JsonInput.read(
                        json,
                        6,
                        tokens -> {
                            tokens.next();
                            assertThat(tokens.nextName()).isEqualTo("b");
                            tokens.next();
                            return tokens.end();
                        });

        assertThat(end).isEqualTo(json.length - 1);
    }

    @Test
    void knowsEachNameByHeart() {
        for (var name : KnownNames.NAMES) {
            var json = ("{\"" + name + "\":1}").getBytes(UTF_8);

            assertThat(KnownNames.name(json, 2, json.length - 4)).isSameAs(name);
        }
        assertThat(KnownNames.name("xdeltb".getBytes(UTF_8), 1, 6)).isEqualTo("deltb");
        assertThat(KnownNames.name("xdelda".getBytes(UTF_8), 1, 6)).isEqualTo("delda");
        assertThat(KnownNames.name(new byte[1], 1, 1)).isEmpty();
    }

    @Test
    void hasNoTokenBehindTheObject() {
        var tokens = new PlainTokens("{} {}".getBytes(UTF_8), 0);
        tokens.next();
        tokens.next();

        assertThatThrownBy(tokens::next).isInstanceOf(PlainTokens.Unusual.class);
    }

    static Stream<String> chunks() {
        return CHUNKS.stream();
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    private static byte[] nested(int arrays) {
        return ("{\"a\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}").getBytes(UTF_8);
    }

    /// One of the chunks with up to four bytes, or runs of them, that are others.
    private static byte[] mutant(Random random) {
        var json = CHUNKS.get(random.nextInt(CHUNKS.size())).getBytes(UTF_8);
        for (int i = random.nextInt(5); i > 0 && json.length > 0; i--) {
            int from = random.nextInt(json.length);
            int to = Math.min(json.length, from + random.nextInt(4));
            var more = new byte[random.nextInt(3)];
            for (int j = 0; j < more.length; j++) {
                more[j] =
                        random.nextInt(4) == 0
                                ? (byte) random.nextInt()
                                : SIGNIFICANT[random.nextInt(SIGNIFICANT.length)];
            }
            json = spliced(json, from, to, more);
        }
        return json;
    }

    private static byte[] spliced(byte[] json, int from, int to, byte[] replacement) {
        var splices = new Splices();
        splices.replace(from, to, replacement);
        return splices.apply(json);
    }

    private static void assertAlike(byte[] json, long seed) {
        plain(json, seed)
                .ifPresent(tokens ->
                        assertThat(tokens).as(() -> text(json)).isEqualTo(parsed(json, seed)));
    }

    private static Optional<List<String>> plain(byte[] json, long seed) {
        try {
            return Optional.of(tokens(new PlainTokens(json, 0), seed));
        } catch (PlainTokens.Unusual _) {
            return Optional.empty();
        }
    }

    private static List<String> parsed(byte[] json, long seed) {
        try (var parser = JsonInput.open(json)) {
            return tokens(new JacksonTokens(parser, 0), seed);
        } catch (JacksonException e) {
            return List.of(e.toString());
        }
    }

    /// All that is told of the tokens, looked at in one of many ways.
    private static List<String> tokens(JsonTokens tokens, long seed) {
        var random = new Random(seed);
        var seen = new ArrayList<String>();
        int depth = 0;
        do {
            if (random.nextBoolean()) {
                tokens.next();
            } else {
                seen.add("name " + tokens.nextName());
            }
            var token = tokens.current();
            seen.add(token + " " + tokens.start());
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth > 1 && token.isStructStart() && random.nextInt(8) == 0) {
                depth--;
                tokens.skipChildren();
                seen.add("skipped to " + tokens.current());
            }
            if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                seen.add(tokens.string());
            }
            if (token == JsonToken.VALUE_NUMBER_INT) {
                seen.add(tokens.isInt() + " " + tokens.integer());
            }
            if (token.isScalarValue()) {
                seen.add("end " + tokens.end());
            }
        } while (depth > 0);
        return seen;
    }

    /// All that is read of a chunk, or why it is not.
    private static String read(byte[] chunk) {
        try {
            var reader = ChunkReader.read(chunk, ReasoningTokens.AUTO, new ChunkPattern());
            return (reader.facts()
                            + " "
                            + reader.textHash()
                            + " "
                            + reader.unreadableUsage()
                            + text(reader.withoutUsage())
                            + text(reader.withSoundUsage())
                            + text(rewritten(chunk)))
                    .replace("\\u0078", "x");
        } catch (FailureException failed) {
            return failed.failure().toString().replace("\\u0078", "x");
        }
    }

    private static byte[] rewritten(byte[] chunk) {
        var rewriter = new ThinkRewriter(ThinkSplitter.Mode.OPENED, ReasoningField.BOTH, 1);
        return rewriter.rewrite(new Chunk(chunk, ChunkReader.facts(chunk))).json();
    }

    private static String fold(byte[] chunk, ChunkAggregator aggregator) {
        try {
            aggregator.add(new Chunk(chunk, ChunkReader.facts(chunk)));
        } catch (FailureException | IllegalArgumentException _) {
            // Nobody folds what cannot be read.
        }
        return text(aggregator.completion());
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }
}
