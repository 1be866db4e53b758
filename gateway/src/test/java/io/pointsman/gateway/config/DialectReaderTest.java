package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules.History;
import io.pointsman.api.wire.RequestRules.SystemRole;
import io.pointsman.policies.yaml.ConfigException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectReaderTest {

    @Test
    void readsEverything() {
        var dialect =
                read(
                        """
                        reasoning-field: both
                        reasoning-tokens: added
                        history: echo
                        limits: {repeated-chunks: 7, max-response-bytes: 1MiB}
                        parameters:
                          drop: [logit_bias]
                          rename: {max_tokens: max_completion_tokens}
                          set: {chat_template_kwargs: {enable_thinking: true}, top_k: 20, mode: fast}
                          default: {temperature: 0.6, stop: [a, b]}
                          max-tokens: 4096
                          system-role: developer
                          continuous-usage: true
                        """);

        assertThat(dialect.reasoningField()).isEqualTo(ReasoningField.BOTH);
        assertThat(dialect.reasoningTokens()).isEqualTo(ReasoningTokens.ADDED);
        assertThat(dialect.repeatedChunks()).isEqualTo(7);
        assertThat(dialect.maxResponseBytes()).isEqualTo(1 << 20);
        var rules = dialect.requests();
        assertThat(rules.drop()).containsExactly("logit_bias");
        assertThat(rules.rename()).containsEntry("max_tokens", "max_completion_tokens");
        assertThat(rules.set())
                .containsEntry("chat_template_kwargs", "{\"enable_thinking\":true}")
                .containsEntry("top_k", "20")
                .containsEntry("mode", "\"fast\"");
        assertThat(rules.defaults())
                .containsEntry("temperature", "0.6")
                .containsEntry("stop", "[\"a\",\"b\"]");
        assertThat(rules.maxTokens()).isEqualTo(OptionalInt.of(4096));
        assertThat(rules.history()).isEqualTo(History.ECHO);
        assertThat(rules.systemRole()).isEqualTo(SystemRole.DEVELOPER);
        assertThat(rules.continuousUsage()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "deepseek, ECHO, SYSTEM, AUTO",
        "deepseek-r1, STRIP, SYSTEM, AUTO",
        "openai-reasoning, STRIP, DEVELOPER, AUTO",
        "xai, STRIP, SYSTEM, ADDED",
        "vllm, KEEP, SYSTEM, AUTO",
        "llama-cpp, KEEP, SYSTEM, AUTO"
    })
    void presetsKnowFamiliesOfServers(
            String preset, History history, SystemRole role, ReasoningTokens tokens) {
        var dialect = read("parameters: {preset: " + preset + "}\n");

        assertThat(dialect.requests().history()).isEqualTo(history);
        assertThat(dialect.requests().systemRole()).isEqualTo(role);
        assertThat(dialect.reasoningTokens()).isEqualTo(tokens);
        assertThat(dialect.requests().continuousUsage()).isEqualTo(preset.equals("vllm"));
    }

    @Test
    void whatTheFileSaysAddsToThePreset() {
        var dialect =
                read(
                        "history: keep\nparameters: {preset: openai-reasoning, drop: [seed], rename: {a: b}}\n");

        assertThat(dialect.requests().drop()).contains("seed", "temperature", "logit_bias");
        assertThat(dialect.requests().rename())
                .containsEntry("a", "b")
                .containsEntry("max_tokens", "max_completion_tokens");
        assertThat(dialect.requests().history()).isEqualTo(History.KEEP);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    parameters: {preset: deepsek}         | did you mean deepseek?
                    parameters: {drop: [model]}           | is set by the gateway itself
                    parameters: {set: {stream: false}}    | is set by the gateway itself
                    parameters: {rename: {a: "b c"}}      | is no name of a parameter
                    parameters: {max-token: 5}            | did you mean max-tokens?
                    history: forget                       | history
                    limits: {repeated-chunks: -1}         | repeated-chunks
                    """)
    void saysWhatIsWrong(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml + "\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    private static Dialect read(String yaml) {
        var config =
                GatewayConfigLoader.parse(
                        "pointsman.yaml",
                        "backends:\n  b:\n    base-url: http://localhost/v1\n    model: m\n"
                                + yaml.indent(4)
                                + "pools: {fast: [b]}\npolicies: {default: fast}\n");
        return ((BackendConfig.OpenAi) config.backends().firstEntry().getValue()).dialect();
    }
}
