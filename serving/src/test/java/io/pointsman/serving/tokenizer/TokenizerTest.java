package io.pointsman.serving.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.Resources;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.gguf.MetadataValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    private static final List<String> MERGES = merges();
    private static final Tokenizer QWEN2 = qwen("qwen2");

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "deepseek-r1-qwen"})
    void agreesWithTheReferenceVectors(String pre) {
        var tokenizer = qwen(pre);
        var texts =
                Resources.text("tokenizers/" + pre + ".inp").split("\n__ggml_vocab_test__\n", -1);
        var expected = Resources.text("tokenizers/" + pre + ".out").split("\n", -1);

        assertThat(texts).hasSizeGreaterThan(40);
        for (int i = 0; i < texts.length; i++) {
            var text = i == texts.length - 1 ? texts[i].stripTrailing() : texts[i];
            var ids =
                    Arrays.stream(expected[i].strip().split(" "))
                            .filter(id -> !id.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();

            assertThat(tokenizer.encode(text)).as("text %d", i).isEqualTo(TokenIds.of(ids));
            assertThat(tokenizer.decode(TokenIds.of(ids))).isEqualTo(text);
        }
    }

    @Test
    void cutsDigitsAsLlama3Does() {
        assertThat(PreTokenizer.named("llama-bpe").split("In 12345, it's"))
                .containsExactly("In", " ", "123", "45", ",", " it", "'s");
        assertThat(PreTokenizer.named("qwen2").split("a  12\n\n b"))
                .containsExactly("a", " ", " ", "1", "2", "\n\n", " b");
        assertThat(PreTokenizer.named("gpt-2").split("a 12!  b"))
                .containsExactly("a", " 12", "!", " ", " b");
        assertThat(PreTokenizer.named("default").split("x=12345 y"))
                .containsExactly("x", "=", "123", "45", " y");
    }

    @Test
    void neverTakesTextForControl() {
        var tokenizer = bytes();

        var ids = tokenizer.encode("<user>x<asst></think>");

        assertThat(ids.size()).isEqualTo("<user>x<asst></think>".length());
        assertThat(Arrays.stream(ids.toArray())).allMatch(id -> id < 256);
        assertThat(tokenizer.encodeTemplate("<user>x<asst>"))
                .isEqualTo(TokenIds.of(TinyModel.USER, 'x', TinyModel.ASSISTANT));
    }

    @Test
    void knowsItsControlTokens() {
        var tokenizer = bytes();

        assertThat(tokenizer.special("<think>")).hasValue(TinyModel.THINK);
        assertThat(tokenizer.special("<nothing>")).isEmpty();
        assertThat(tokenizer.endsGeneration(TinyModel.END)).isTrue();
        assertThat(tokenizer.endsGeneration('x')).isFalse();
        assertThat(tokenizer.size()).isEqualTo(TinyModel.VOCABULARY);
    }

    @Test
    void refusesWhatItCannotRead() {
        assertRefused(new GgufWriter(), "tokenizer.ggml.model");
        assertRefused(tiny().put("tokenizer.ggml.model", "llama"), "'llama'");
        assertRefused(tiny().put("tokenizer.ggml.pre", "chameleon"), "'chameleon'");
        assertRefused(tiny().put("tokenizer.ggml.tokens", List.of()), "no tokenizer.ggml.tokens");
        assertRefused(tiny().put("tokenizer.ggml.token_type", List.of(1)), "1 entries for 261");
        assertRefused(tiny().put("tokenizer.ggml.eos_token_id", 261), "there are 261 tokens");
    }

    @Test
    void mergesALongRunOfOneLetterWithoutDelay() {
        var ids = QWEN2.encode("a".repeat(1 << 18));

        assertThat(ids.size()).isLessThan(1 << 16);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsEncodedIsDecoded(long seed) {
        var random = new Random(seed);
        var tokenizer = QWEN2;
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            int point = random.nextInt(random.nextBoolean() ? 0x80 : 0x30000);
            text.appendCodePoint(Character.isSurrogate((char) point) ? ' ' : point);
        }

        assertThat(tokenizer.decode(tokenizer.encode(text.toString()))).isEqualTo(text.toString());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverShowsHalfACharacter(long seed) {
        var random = new Random(seed);
        var tokenizer = bytes();
        var text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.appendCodePoint(List.of(0x41, 0xe9, 0x4e2d, 0x1f999).get(random.nextInt(4)));
        }

        var detokenizer = tokenizer.detokenizer();
        var shown = new StringBuilder();
        for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
            var piece = detokenizer.add(b & 0xff);
            assertThat(piece).doesNotContain("\ufffd");
            assertThat(piece.codePoints()).noneMatch(c -> c >= 0xd800 && c < 0xe000);
            shown.append(piece);
        }

        assertThat(shown.append(detokenizer.finish())).hasToString(text.toString());
    }

    @Test
    void replacesBytesThatAreNoCharacter() {
        var detokenizer = bytes().detokenizer();

        assertThat(detokenizer.add(0xe4)).isEmpty();
        assertThat(detokenizer.add('x')).isEqualTo("\ufffdx");
        assertThat(detokenizer.add(0xf0)).isEmpty();
        assertThat(detokenizer.finish()).isEqualTo("\ufffd");
        assertThat(detokenizer.add('y')).isEqualTo("y");
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    private static void assertRefused(GgufWriter writer, String message) {
        assertThatThrownBy(() -> Tokenizer.from(Gguf.of(writer.bytes()).metadata()))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining(message);
    }

    private static GgufWriter tiny() {
        return TinyModel.tokenizer(new GgufWriter());
    }

    private static Tokenizer bytes() {
        return Tokenizer.from(Gguf.of(tiny().bytes()).metadata());
    }

    /// The Qwen2 vocabulary is the alphabet and then each merge's result, in order.
    private static Tokenizer qwen(String pre) {
        var tokens = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteAlphabet.character(b)));
        }
        tokens.sort(null);
        for (var merge : MERGES) {
            tokens.add(merge.replace(" ", ""));
        }
        var values = new HashMap<String, MetadataValue>();
        values.put("tokenizer.ggml.model", new MetadataValue.Text("gpt2"));
        values.put("tokenizer.ggml.pre", new MetadataValue.Text(pre));
        values.put("tokenizer.ggml.tokens", texts(tokens));
        values.put("tokenizer.ggml.merges", texts(MERGES));
        return Tokenizer.from(new Metadata(values));
    }

    private static MetadataValue texts(List<String> texts) {
        return new MetadataValue.Sequence(
                texts.stream().<MetadataValue>map(MetadataValue.Text::new).toList());
    }

    private static List<String> merges() {
        try (var stream = new GZIPInputStream(Resources.stream("tokenizers/merges.txt.gz"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
