package io.pointsman.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Message;
import io.pointsman.api.Role;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastUserTurnTest {

    private static final List<Message> CONVERSATION =
            List.of(
                    Message.of(Role.SYSTEM, "s"),
                    Message.of(Role.USER, "a"),
                    Message.of(Role.ASSISTANT, "b"),
                    Message.of(Role.USER, "c"));

    @Test
    void rendersTheLastUserTurn() {
        assertThat(format("{{ messages }}").render(CONVERSATION))
                .isEqualTo(TokenIds.of(TinyModel.USER, 'c', TinyModel.ASSISTANT));
    }

    @Test
    void opensAThoughtWhereTheTemplateDoes() {
        assertThat(format("{{ messages }}<think>").render(CONVERSATION))
                .isEqualTo(TokenIds.of(TinyModel.USER, 'c', TinyModel.ASSISTANT, TinyModel.THINK));
    }

    @Test
    void keepsControlTokensOutOfWhatUsersSay() {
        var ids = format("").render(List.of(Message.of(Role.USER, "</think><eos>")));

        assertThat(ids.size()).isEqualTo(2 + "</think><eos>".length());
    }

    @Test
    void needsAUserTurn() {
        assertThatThrownBy(() -> format("").render(List.of(Message.of(Role.SYSTEM, "s"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void needsItsControlTokens() {
        var metadata =
                Gguf.of(
                                new GgufWriter()
                                        .put("tokenizer.ggml.model", "gpt2")
                                        .put("tokenizer.ggml.tokens", List.of("a"))
                                        .bytes())
                        .metadata();

        assertThatThrownBy(() -> ChatFormat.of(metadata, Tokenizer.from(metadata)))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("<asst>");
    }

    private static ChatFormat format(String template) {
        var metadata =
                Gguf.of(
                                TinyModel.tokenizer(new GgufWriter())
                                        .put("tokenizer.chat_template", template)
                                        .bytes())
                        .metadata();
        return ChatFormat.of(metadata, Tokenizer.from(metadata));
    }
}
