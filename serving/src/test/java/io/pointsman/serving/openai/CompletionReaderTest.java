package io.pointsman.serving.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.chat.Conversation;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How requests are read. The numbers are those of docs/serving.md.
class CompletionReaderTest {

    private final List<Conversation> rendered = new ArrayList<>();

    @Test
    void r8AThinkerDrawsAsDeepSeekAdvises() {
        var request = read("");

        assertThat(request.sampling().temperature()).isEqualTo(0.6);
        assertThat(request.sampling().topP()).isEqualTo(0.95);
        assertThat(request.sampling().topK()).isZero();
        assertThat(request.repetitionGuard()).isZero();
    }

    @Test
    void r8GreedyIsAllowed() {
        assertThat(read("\"temperature\":0,").sampling().temperature()).isZero();
    }

    @Test
    void r8SystemPromptsStayAsTheyAre() {
        read("");

        assertThat(rendered.getFirst().messages())
                .isEqualTo(
                        List.of(
                                Map.of("role", "system", "content", " Be brief. "),
                                Map.of("role", "user", "content", "Hi")));
    }

    @Test
    void argumentsOfToolCallsAreTextOrObjectsAsTheTemplateWantsThem() {
        var call =
                """
                {"messages":[{"role":"assistant","tool_calls":[
                  {"function":{"name":"f","arguments":"{\\"a\\":1}"}},
                  {"function":{"name":"g","arguments":"not json"}},
                  {"function":"odd"}]}]}
                """;

        reader(false).chat(call.getBytes(UTF_8), 1);
        reader(true).chat(call.getBytes(UTF_8), 1);

        assertThat(rendered.get(0).messages().toString()).contains("arguments={\"a\":1}");
        assertThat(rendered.get(1).messages().toString())
                .contains("arguments={a=1}", "arguments=not json", "function=odd");
    }

    private GenerationRequest read(String fields) {
        var body =
                """
                {%s"messages":[{"role":"system","content":" Be brief. "},{"role":"user","content":"Hi"}]}
                """
                        .formatted(fields);
        return reader(false).chat(body.getBytes(UTF_8), 1).generation();
    }

    private CompletionReader reader(boolean objects) {
        var format =
                new ChatFormat() {
                    @Override
                    public TokenIds render(Conversation conversation) {
                        rendered.add(conversation);
                        return TokenIds.of(1);
                    }

                    @Override
                    public boolean wantsArgumentsAsObjects() {
                        return objects;
                    }
                };
        return new CompletionReader(
                BundledModels.reasoner().tokenizer(), format, 1000, CompletionDefaults.of(true));
    }
}
