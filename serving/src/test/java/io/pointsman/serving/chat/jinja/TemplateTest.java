package io.pointsman.serving.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.Resources;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TemplateTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 2, 3, 4, 5);
    private static final JsonMapper MAPPER = JsonMapper.shared();

    @Test
    void rendersWhatJinjaRenders() {
        var golden = read("snippets.json");
        var variables = map(golden.get("variables"));
        var wrong = new ArrayList<String>();
        for (var snippet : golden.get("snippets")) {
            var source = snippet.get("template").stringValue();
            var expected = snippet.get("text").isNull() ? "raises" : snippet.get("text").asString();
            var rendered = render(source, variables);
            if (!rendered.equals(expected)) {
                wrong.add("%s%n  is       %s%n  not      %s".formatted(source, rendered, expected));
            }
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
                "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
                "deepseek-ai-DeepSeek-V3.1",
                "Qwen-QwQ-32B",
                "Qwen-Qwen3-0.6B",
                "Qwen-Qwen2.5-7B-Instruct",
                "openai-gpt-oss-120b"
            })
    void rendersTheTemplatesOfModelsAsTransformersDoes(String name) {
        var golden = read("golden.json");
        var source = text("templates/" + name + ".jinja");
        int rendered = 0;
        for (var conversation : golden.get("conversations")) {
            var variables = new HashMap<>(map(conversation.get("variables")));
            variables.put("messages", value(conversation.get("messages")));
            variables.put("tools", value(conversation.get("tools")));
            variables.put("add_generation_prompt", true);
            variables.put("bos_token", "<BOS>");
            variables.put("eos_token", "<EOS>");
            var label = conversation.get("name").stringValue();
            var expected = golden.get("texts").get(name + ".jinja").get(label);

            assertThat(render(source, variables))
                    .as(label)
                    .isEqualTo(expected.isNull() ? "raises" : expected.stringValue());
            rendered++;
        }
        assertThat(rendered).isGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{{ 'a`|line 1 of the chat template: a string has no end",
                "`x\ny {% if 1 %}`|line 2 of the chat template: there is no",
                "`{% endif %}`|line 1 of the chat template: there is no block 'endif' here",
                "`\n\n{{ 1 + }}`|line 3 of the chat template",
                "`{{ 1`|line 1 of the chat template: a tag has no end",
                "`{# x`|line 1 of the chat template: a comment has no end",
                "`{% raw %}`|line 1 of the chat template: raw has no endraw",
                "`{{ ? }}`|line 1 of the chat template: '?' has no meaning here",
                "`{% for x %}{% endfor %}`|line 1 of the chat template: expected 'in'",
                "`{% nonsense %}`|line 1 of the chat template: there is no block 'nonsense' here",
            })
    void saysWhereATemplateIsNotOne(String source, String message) {
        assertThatThrownBy(() -> Template.parse(source))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void saysWhereARenderingFailed() {
        var template = Template.parse("a\n{{ x.y.z }}");

        assertThatThrownBy(() -> template.render(Map.of("x", Map.of()), NOW))
                .isInstanceOf(TemplateException.class)
                .hasMessage("line 2 of the chat template: 'y' is undefined and has no 'z'");
    }

    @Test
    void passesOnWhatTheTemplateRaises() {
        var template = Template.parse("\n{{ raise_exception('Roles must alternate') }}");

        assertThatThrownBy(() -> template.render(Map.of(), NOW)).hasMessage("Roles must alternate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}"
                        + "{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}"
                        + "{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = [ns.s] %}"
                        + "{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = [ns.s] %}"
                        + "{% endfor %}{{ ns.s | tojson }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = [ns.s] %}"
                        + "{% endfor %}{{ ns.s == [ns.s] }}",
                "{% set x = 'x' * 16000000 %}{% for i in range(999) %}{{ x }}{% endfor %}",
                "{% set x = 'x' * 9000000 %}{% for i in range(99999) %}{% set y = x.upper() %}"
                        + "{% endfor %}",
                "{{ 'x' * 99999999999 }}",
                "{{ [[]] * 999999999 }}",
                "{{ 10 ** 99999999 }}",
                "{{ range(-9999999999, 9999999999) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ 'a' | indent(999999999) | length }}{{ nothing() }}",
                "{{ [1] | batch(999999999, 0) | length }}{{ nothing() }}"
            })
    void endsWhatWouldNotEnd(String source) {
        assertThat(render(source, Map.of())).isEqualTo("raises");
    }

    @Test
    void refusesWhatIsNestedWithoutEnd() {
        assertThat(render("{{ " + "(".repeat(100_000) + " }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ " + "-".repeat(100_000) + "1 }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ " + "not ".repeat(100_000) + "1 }}", Map.of())).isEqualTo("raises");
        assertThat(render("{% if 1 %}".repeat(100_000), Map.of())).isEqualTo("raises");
        assertThat(render("{{ 1" + " + 1".repeat(100_000) + " }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ x" + ".x".repeat(100_000) + " }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ x" + " | upper".repeat(100_000) + " }}", Map.of()))
                .isEqualTo("raises");
        assertThat(render("{{ 1" + " and 1".repeat(100_000) + " }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ 1" + " < 2".repeat(100_000) + " }}", Map.of())).isEqualTo("raises");
        assertThat(render("{{ 1" + " if 1 else 1".repeat(100_000) + " }}", Map.of()))
                .isEqualTo("raises");
    }

    @Test
    void neverThrowsAnythingButItsOwn() {
        var golden = read("snippets.json");
        var variables = map(golden.get("variables"));
        var sources = new ArrayList<String>();
        golden.get("snippets").forEach(it -> sources.add(it.get("template").stringValue()));
        sources.add(text("templates/deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja"));
        int rendered = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var source = mutated(random, sources);
            if (!render(source, variables).equals("raises")) {
                rendered++;
            }
        }
        assertThat(rendered).isBetween(2_000, 18_000);
    }

    private static String mutated(Random random, List<String> sources) {
        var source = new StringBuilder(sources.get(random.nextInt(sources.size())));
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(source.length() + 1);
            var other = sources.get(random.nextInt(sources.size()));
            int from = random.nextInt(other.length());
            switch (random.nextInt(4)) {
                case 0 -> source.delete(at, Math.min(source.length(), at + random.nextInt(8)));
                case 1 ->
                        source.insert(
                                at,
                                other,
                                from,
                                Math.min(other.length(), from + random.nextInt(12)));
                case 2 -> source.insert(at, "{}%|()[]'\".-~,:=".charAt(random.nextInt(16)));
                default -> source.insert(at, (char) random.nextInt(0x10000));
            }
            if (source.isEmpty()) {
                source.append(' ');
            }
        }
        return source.toString();
    }

    @Test
    void changesNothingItWasGiven() {
        var messages = List.of(Map.of("role", "user"));

        assertThat(render("{% set messages = [1] %}{{ messages }}", Map.of("messages", messages)))
                .isEqualTo("[1]");
        assertThat(render("{{ messages }}", Map.of("messages", messages)))
                .isEqualTo("[{'role': 'user'}]");
    }

    private static String render(String source, Map<String, ?> variables) {
        try {
            return Template.parse(source).render(variables, NOW);
        } catch (TemplateException e) {
            return "raises";
        }
    }

    private static JsonNode read(String name) {
        return MAPPER.readTree(text(name));
    }

    private static String text(String name) {
        return Resources.text("/io/pointsman/serving/chat/" + name);
    }

    @SuppressWarnings("unchecked") // An object's keys are strings.
    private static Map<String, Object> map(JsonNode node) {
        return MAPPER.convertValue(node, Map.class);
    }

    private static Object value(JsonNode node) {
        return MAPPER.convertValue(node, Object.class);
    }
}
