package io.pointsman.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.Resources;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of conversations. The numbers are those of docs/serving.md.
class TemplateFormatTest {

    private static final Conversation CONVERSATION =
            conversation("system", "s", "user", "a", "assistant", "t</think>b", "user", "c");

    /// Writes everything that a message may have, as templates of thinkers do.
    private static final String TEMPLATE =
            """
            {%- for m in messages -%}
            {%- if m.role == 'user' -%}<user>{{ m.content }}
            {%- elif m.role == 'assistant' -%}<asst>{{ m.content.split('</think>')[-1] }}<eos>
            {%- else -%}{{ '<' + m.role + '>' }}{{ m.content }}{{ m.name }}{%- endif -%}
            {%- endfor -%}
            {%- for t in tools or [] -%}{{ t | tojson }}{%- endfor -%}
            {{- extra -}}
            <asst>{{ '<think></think>' if enable_thinking is defined and not enable_thinking }}\
            """;

    @Test
    void writesWhatTheTemplateDoes() {
        assertThat(format(TEMPLATE).render(CONVERSATION))
                .isEqualTo(
                        ids(
                                "<system>",
                                "s",
                                TinyModel.USER,
                                "a",
                                TinyModel.ASSISTANT,
                                "b",
                                TinyModel.END,
                                TinyModel.USER,
                                "c",
                                TinyModel.ASSISTANT));
    }

    @Test
    void writesThePromptsThatTheBundledModelsWereTrainedOn() {
        var question =
                Conversation.of(List.of(Map.of("role", "user", "content", "What is 4 + 5?")));

        var fast = BundledModels.fast();
        assertThat(fast.tokenizer().decode(fast.chatFormat().render(question)))
                .isEqualTo("<user>What is 4 + 5?<asst>");
        var reasoner = BundledModels.reasoner();
        assertThat(reasoner.tokenizer().decode(reasoner.chatFormat().render(question)))
                .isEqualTo("<user>What is 4 + 5?<asst><think>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<eos>",
                "</think>",
                "<think>",
                "a<user>b",
                "<<eos>>",
                "<e\uFDD0os>",
                "\uFDD0<eos>",
                "<\uFDD0eos>",
                "<eos\uFDD0>",
                "<e<eos>os>",
                "eos",
                "eos><eos"
            })
    void whatIsSaidIsNeverControl(String said) {
        var format = format(TEMPLATE);
        var message = Map.<String, Object>of("role", said, "content", said, "name", said);
        var tool = Map.<String, Object>of(said, List.of(Map.of("description", said)));
        var spoken =
                new Conversation(
                        List.of(
                                Map.of("role", "user", "content", said),
                                message,
                                Map.of(
                                        "role",
                                        "assistant",
                                        "content",
                                        said.replace("think", "eos"))),
                        List.of(tool),
                        Map.of("extra", said));

        assertThat(controls(format.render(spoken)))
                .isEqualTo(
                        List.of(
                                TinyModel.USER,
                                TinyModel.ASSISTANT,
                                TinyModel.END,
                                TinyModel.ASSISTANT));
    }

    @Test
    void noMixtureOfNamesBecomesControl() {
        var format =
                format(
                        "<user>{% for m in messages %}{{ m.content }}{{ m.content | trim }}{% endfor %}");
        var pieces =
                List.of("<", ">", "eos", "<eos>", "user", "/", "think", "</think>", "\uFDD0", " ");
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            var said = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                said.append(pieces.get(random.nextInt(pieces.size())));
            }

            assertThat(controls(format.render(conversation("user", said.toString()))))
                    .as(said.toString())
                    .isEqualTo(List.of(TinyModel.USER));
        }
    }

    @Test
    void whatIsSaidStaysAsItIs() {
        var text = "a <think> b </think> <eos> é😀";

        var ids = format("<user>{{ messages[0].content }}").render(conversation("user", text));

        assertThat(tokenizer().decode(ids)).isEqualTo("<user>" + text);
    }

    @Test
    void thinkingThatTheModelDidEarlierStaysThinking() {
        var format = format("<asst>{{ messages[0].content }}");

        assertThat(controls(format.render(conversation("assistant", "<think>a</think><eos>"))))
                .isEqualTo(List.of(TinyModel.ASSISTANT, TinyModel.THINK, TinyModel.END_THINK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ bos_token }}x", "x"})
    void beginsOnce(String template) {
        var metadata =
                metadata(
                        writer(template)
                                .put("tokenizer.ggml.bos_token_id", TinyModel.USER)
                                .put("tokenizer.ggml.add_bos_token", true));

        assertThat(ChatFormat.of(metadata, Tokenizer.from(metadata)).render(CONVERSATION))
                .isEqualTo(ids(TinyModel.USER, "x"));
    }

    @Test
    void r4ForcesThinkingWhereAsked() {
        var opens = conversation(Map.of("force_thinking", true), "user", "c");

        assertThat(format("<user>c<asst>").render(opens))
                .isEqualTo(ids(TinyModel.USER, "c", TinyModel.ASSISTANT, TinyModel.THINK, "\n"));
        assertThat(format("<asst><think></think><asst>").render(opens).get(3))
                .isEqualTo(TinyModel.THINK - 1);
        assertThat(format("<asst>{{ '<think>\\n' }}").render(opens))
                .isEqualTo(ids(TinyModel.ASSISTANT, TinyModel.THINK, "\n"));
        assertThat(format("<asst>").render(CONVERSATION)).isEqualTo(ids(TinyModel.ASSISTANT));
    }

    @Test
    void r19WhatIsNotSetDoesNotSwitchThinkingOff() {
        var format = format(TEMPLATE);

        assertThat(controls(format.render(conversation("user", "c"))))
                .doesNotContain(TinyModel.END_THINK);
        assertThat(
                        controls(
                                format.render(
                                        conversation(
                                                Map.of("enable_thinking", true), "user", "c"))))
                .doesNotContain(TinyModel.END_THINK);
        assertThat(
                        controls(
                                format.render(
                                        conversation(
                                                Map.of("enable_thinking", false), "user", "c"))))
                .endsWith(TinyModel.THINK, TinyModel.END_THINK);
    }

    @Test
    void joinsPartsOfText() {
        var parts =
                List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b"));
        var conversation = Conversation.of(List.of(Map.of("role", "user", "content", parts)));

        assertThat(format("{{ messages[0].content }}").render(conversation)).isEqualTo(ids("a\nb"));
    }

    @Test
    void refusesWhatIsNotText() {
        var image = List.of(Map.of("type", "image_url", "image_url", Map.of("url", "x")));
        var conversation = Conversation.of(List.of(Map.of("role", "user", "content", image)));

        assertThatThrownBy(() -> format(TEMPLATE).render(conversation))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it takes text alone, no images or other parts");
    }

    @Test
    void tellsTheTemplateTheDate() {
        var metadata = metadata(writer(""));
        var format =
                TemplateFormat.of(
                        "{{ strftime_now('%Y-%m-%d') }}",
                        metadata,
                        Tokenizer.from(metadata),
                        () -> Instant.parse("2026-11-24T23:59:59Z"));

        assertThat(format.render(CONVERSATION)).isEqualTo(ids("2026-11-24"));
    }

    @Test
    void knowsHowATemplateWantsArguments() {
        assertThat(
                        format("{{ 'a' + messages[-1].tool_calls[0].function.arguments }}")
                                .wantsArgumentsAsObjects())
                .isFalse();
        assertThat(format(model("Qwen-Qwen3-0.6B")).wantsArgumentsAsObjects()).isFalse();
        assertThat(format(model("deepseek-ai-DeepSeek-V3.1")).wantsArgumentsAsObjects()).isTrue();
        assertThat(format(TEMPLATE).wantsArgumentsAsObjects()).isFalse();
    }

    @Test
    void passesOnWhyATemplateRefuses() {
        assertThatThrownBy(() -> format("{{ raise_exception('Say please') }}").render(CONVERSATION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Say please");
    }

    @Test
    void saysThatAFileHasNoTemplate() {
        var metadata = metadata(TinyModel.tokenizer(new GgufWriter()));
        var format = ChatFormat.of(metadata, Tokenizer.from(metadata));

        assertThatThrownBy(() -> format.render(CONVERSATION))
                .hasMessageContaining("no chat template");
    }

    @Test
    void saysWhatIsWrongWithATemplateWhenItIsLoaded() {
        var metadata = metadata(writer("a\n{% if %}"));

        assertThatThrownBy(() -> ChatFormat.of(metadata, Tokenizer.from(metadata)))
                .isInstanceOf(GgufException.class)
                .hasMessageStartingWith("tokenizer.chat_template: line 2 of the chat template");
    }

    private static List<Integer> controls(TokenIds ids) {
        return Arrays.stream(ids.toArray()).filter(id -> id >= TinyModel.USER).boxed().toList();
    }

    /// @param parts texts and control tokens
    private static TokenIds ids(Object... parts) {
        var ids = TokenIds.of();
        for (var part : parts) {
            ids =
                    ids.plus(
                            part instanceof Integer id
                                    ? TokenIds.of(id)
                                    : tokenizer().encode(part.toString()));
        }
        return ids;
    }

    /// @param turns roles and what they say, in turn
    private static Conversation conversation(String... turns) {
        return conversation(Map.of(), turns);
    }

    private static Conversation conversation(Map<String, Object> variables, String... turns) {
        var messages = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < turns.length; i += 2) {
            messages.add(Map.of("role", turns[i], "content", turns[i + 1]));
        }
        return new Conversation(messages, List.of(), variables);
    }

    private static String model(String name) {
        return Resources.text("/io/pointsman/serving/chat/templates/" + name + ".jinja");
    }

    private static Tokenizer tokenizer() {
        return Tokenizer.from(metadata(writer("")));
    }

    private static ChatFormat format(String template) {
        var metadata = metadata(writer(template));
        return ChatFormat.of(metadata, Tokenizer.from(metadata));
    }

    private static Metadata metadata(GgufWriter writer) {
        return Gguf.of(writer.bytes()).metadata();
    }

    private static GgufWriter writer(String template) {
        return TinyModel.tokenizer(new GgufWriter()).put("tokenizer.chat_template", template);
    }
}
