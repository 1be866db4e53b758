package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextSplitterTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());

    private String reasoning = "";
    private String answer = "";
    private boolean stopped;

    @Test
    void splitsWhereThePromptOpenedTheThought() {
        var splitter = splitter("<user>q<asst><think>");

        feed(splitter, "so <think>"); // text, not a token
        feed(splitter, TinyModel.END_THINK);
        feed(splitter, "42");
        feed(splitter, TinyModel.END);

        assertThat(reasoning).isEqualTo("so <think>");
        assertThat(answer).isEqualTo("42");
        assertThat(stopped).isTrue();
        assertThat(splitter.reasoningTokens()).isEqualTo("so <think>".length());
    }

    @Test
    void splitsWhereTheModelOpensTheThought() {
        var splitter = splitter("<user>q<asst>");

        feed(splitter, TinyModel.THINK);
        feed(splitter, "hm");
        feed(splitter, TinyModel.END_THINK);
        feed(splitter, "yes");

        assertThat(reasoning).isEqualTo("hm");
        assertThat(answer).isEqualTo("yes");
    }

    @Test
    void answersWhereTheThoughtInThePromptIsClosed() {
        var splitter = splitter("<user>q<asst><think></think>");

        feed(splitter, "yes");

        assertThat(answer).isEqualTo("yes");
        assertThat(splitter.reasoningTokens()).isZero();
    }

    @Test
    void endsBeforeAStopTextAcrossTokens() {
        var splitter = splitter("<asst>", "STOP", "\n\n");

        feed(splitter, "a STO b\nc STOP d");

        assertThat(answer).isEqualTo("a STO b\nc ");
        assertThat(stopped).isTrue();
    }

    @Test
    void holdsBackWhatMayBecomeAStopText() {
        var splitter = splitter("<asst>", "abac");

        feed(splitter, "xaba");
        assertThat(answer).isEqualTo("x");
        feed(splitter, "b");
        assertThat(answer).isEqualTo("xab");
        feed(splitter, "!");
        assertThat(answer).isEqualTo("xabab!");
        assertThat(stopped).isFalse();
    }

    @Test
    void givesBackWhatWasHeldWhenNothingFollows() {
        var splitter = splitter("<asst>", "abac");

        feed(splitter, "xaba");
        feed(splitter, TinyModel.END);

        assertThat(answer).isEqualTo("xaba");
    }

    @Test
    void doesNotStopInAThought() {
        var splitter = splitter("<asst><think>", "\n");

        feed(splitter, "a\nb");
        feed(splitter, TinyModel.END_THINK);
        feed(splitter, "c\nd");

        assertThat(reasoning).isEqualTo("a\nb");
        assertThat(answer).isEqualTo("c");
        assertThat(stopped).isTrue();
    }

    @Test
    void aCharacterDoesNotReachOverTheEndOfAThought() {
        var splitter = splitter("<asst><think>");

        feed(splitter, 0xe4);
        feed(splitter, TinyModel.END_THINK);
        feed(splitter, "x");

        assertThat(reasoning).isEqualTo("\ufffd");
        assertThat(answer).isEqualTo("x");
    }

    private void feed(TextSplitter splitter, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            feed(splitter, b & 0xff);
        }
    }

    private void feed(TextSplitter splitter, int token) {
        if (!stopped) {
            var piece = splitter.add(token);
            stopped = piece.stopped();
            if (piece.reasoning()) {
                reasoning += piece.text();
            } else {
                answer += piece.text();
            }
        }
    }

    private static TextSplitter splitter(String prompt, String... stop) {
        var ids = TOKENIZER.encodeTemplate(prompt);
        return new TextSplitter(
                TOKENIZER,
                GenerationRequest.builder(ids).maxTokens(100).stop(List.of(stop)).build());
    }
}
