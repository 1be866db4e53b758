package io.pointsman.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LastUserTurnTest {

    private static final Conversation CONVERSATION =
            conversation("system", "s", "user", "a", "assistant", "b", "user", "c");

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
        var ids = format("").render(conversation("user", "</think><eos>"));

        assertThat(ids.size()).isEqualTo(2 + "</think><eos>".length());
    }

    @Test
    void needsAUserTurn() {
        assertThatThrownBy(() -> format("").render(conversation("system", "s")))
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

    /// @param turns roles and what they say, in turn
    private static Conversation conversation(String... turns) {
        var messages = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < turns.length; i += 2) {
            messages.add(Map.of("role", turns[i], "content", turns[i + 1]));
        }
        return Conversation.of(messages);
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
