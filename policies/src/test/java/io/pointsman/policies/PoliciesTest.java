package io.pointsman.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.policies.yaml.Problem;
import io.pointsman.policies.yaml.YamlFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

    @Test
    void readsEverything() {
        var policies =
                read(
                        """
                        default: fast
                        aliases: {gpt-4o: auto, o1: reasoner}
                        rules:
                          - name: all
                            when:
                              difficulty-at-least: 0.25
                              difficulty-below: 0.75
                              tenants: [team-a]
                              models: [auto, gpt-4o]
                              prompt-tokens-at-least: 10
                              prompt-tokens-below: 1_000
                              tools: true
                              images: false
                              structured: true
                              reasoning-effort: [high]
                            route: reasoner
                            fallback: [fast]
                          - {name: rest, route: fast}
                        """);

        assertThat(policies.aliases())
                .containsExactly(Map.entry("gpt-4o", "auto"), Map.entry("o1", "reasoner"));
        assertThat(policies.policy())
                .isEqualTo(
                        new Policy(
                                "fast",
                                List.of(
                                        new Rule(
                                                "all",
                                                List.of(
                                                        Condition.difficultyAtLeast(0.25),
                                                        Condition.difficultyBelow(0.75),
                                                        Condition.tenantIn(List.of("team-a")),
                                                        Condition.modelIn(
                                                                List.of("auto", "gpt-4o")),
                                                        Condition.promptTokensAtLeast(10),
                                                        Condition.promptTokensBelow(1_000),
                                                        Condition.tools(true),
                                                        Condition.images(false),
                                                        Condition.structured(true),
                                                        Condition.reasoningEffortIn(
                                                                List.of("high"))),
                                                "reasoner",
                                                List.of("fast")),
                                        new Rule("rest", List.of(), "fast", List.of()))));
    }

    @Test
    void needsADefaultOnly() {
        assertThat(read("default: fast").policy()).isEqualTo(new Policy("fast", List.of()));
        assertThat(problems("aliases: {}")).containsExactly("f.yaml:1:1: default is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default: fats | f.yaml:1:10: default says \"fats\", which is none of the pools; did"
                        + " you mean fast?",
                "default: gpu | f.yaml:1:10: default says \"gpu\", which is none of the pools; there"
                        + " are: fast, reasoner",
                "default: auto | f.yaml:1:10: default says \"auto\", which is none of the pools; there"
                        + " are: fast, reasoner",
            })
    void refusesADefaultThatIsNoPool(String text, String problem) {
        assertThat(problems(text)).containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{auto: fast} | aliases.auto is reserved: auto leaves the choice to the rules",
                "{'auto:x': fast} | aliases.auto:x is reserved: auto leaves the choice to the rules",
                "{fast: reasoner} | aliases.fast is the name of a pool already",
                "{a: atuo} | aliases.a says \"atuo\", which is none of the pools, nor auto; did you mean"
                        + " auto?",
                "{a b: auto} | aliases.a b is no name of a model: up to 128 of A-Z a-z 0-9 . _ : / -"
                        + " that begin with a letter or digit",
            })
    void refusesAliases(String aliases, String problem) {
        assertThat(problems("default: fast\naliases: " + aliases))
                .singleElement()
                .asString()
                .endsWith(": " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{route: fast} | rules[0].name is missing",
                "{name: a} | rules[0].route is missing",
                "{name: a b, route: fast} | rules[0].name is no name: names are 1 to 64 of A-Z a-z 0-9 ."
                        + " _ - and begin with a letter or digit",
                "{name: default, route: fast} | rules[0].name is reserved: default is what requests go"
                        + " by that no rule matches",
                "{name: a, route: reasonr} | rules[0].route says \"reasonr\", which is none of the pools;"
                        + " did you mean reasoner?",
                "{name: a, route: fast, fallback: [fast]} | rules[0].fallback[0] is the pool that the"
                        + " rule routes to already",
                "{name: a, route: fast, fallback: [reasoner, reasoner]} | rules[0].fallback[1] stands in"
                        + " the list twice",
                "{name: a, route: fast, fallback: [cloud]} | rules[0].fallback[0] says \"cloud\", which"
                        + " is none of the pools; there are: fast, reasoner",
                "{name: a, route: fast, whem: {}} | rules[0].whem is not a known key; did you mean when?",
                "{name: a, route: fast, when: {dificulty-at-least: 0.5}} |"
                        + " rules[0].when.dificulty-at-least is not a known key; did you mean"
                        + " difficulty-at-least?",
                "{name: a, route: fast, when: {difficulty-at-least: 1.5}} |"
                        + " rules[0].when.difficulty-at-least must be a number from 0 to 1, not \"1.5\"",
                "{name: a, route: fast, when: {difficulty-at-least: 0.5, difficulty-below: 0.5}} |"
                        + " rules[0].when.difficulty-at-least must be less than difficulty-below, or the"
                        + " rule never matches",
                "{name: a, route: fast, when: {prompt-tokens-at-least: 9, prompt-tokens-below: 8}} |"
                        + " rules[0].when.prompt-tokens-at-least must be less than prompt-tokens-below,"
                        + " or the rule never matches",
                "{name: a, route: fast, when: {tenants: []}} | rules[0].when.tenants is empty, so that"
                        + " the rule never matches",
                "{name: a, route: fast, when: {tenants: team}} | rules[0].when.tenants must be a list,"
                        + " not \"team\"",
                "{name: a, route: fast, when: {models: [fast]}} | rules[0].when.models[0] names the pool"
                        + " fast, and who names a pool bypasses the rules",
                "{name: a, route: fast, when: {models: [o1]}} | rules[0].when.models[0] names the pool"
                        + " reasoner, and who names a pool bypasses the rules",
                "{name: a, route: fast, when: {models: [gpt-4]}} | rules[0].when.models[0] says"
                        + " \"gpt-4\", which is none of the models that rules see; did you mean gpt-4o?",
                "text | rules[0] must be a map, not \"text\"",
            })
    void refusesRules(String rule, String problem) {
        assertThat(
                        problems(
                                "default: fast\naliases: {gpt-4o: auto, o1: reasoner}\nrules:\n  - "
                                        + rule))
                .singleElement()
                .asString()
                .endsWith(": " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {tools: true} | and matches every request",
                "{} | {} | and matches every request",
                "{tools: true} | {tools: true, images: false} | and matches whatever it would match",
                "{difficulty-at-least: 0.5} | {difficulty-at-least: 0.8} | and matches whatever it would"
                        + " match",
                "{difficulty-below: 0.5} | {difficulty-below: 0.3} | and matches whatever it would match",
                "{tenants: [a, b]} | {tenants: [b]} | and matches whatever it would match",
            })
    void refusesRulesThatAreNeverReached(String first, String second, String why) {
        assertThat(problems(rules(first, second)))
                .containsExactly(
                        "f.yaml:4:5: rules[1] never matches: rule one stands before two " + why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{difficulty-at-least: 0.8} | {difficulty-at-least: 0.5}",
                "{tools: true} | {tools: false}",
                "{tools: true, images: false} | {tools: true}",
                "{tenants: [a]} | {tenants: [a, b]}",
                "{tools: true} | {}",
            })
    void acceptsRulesThatCanBeReached(String first, String second) {
        assertThat(read(rules(first, second)).policy().rules()).hasSize(2);
    }

    @Test
    void refusesTheSameNameTwice() {
        assertThat(
                        problems(
                                """
                                default: fast
                                rules:
                                  - {name: one, when: {tools: true}, route: fast}
                                  - {name: one, when: {images: true}, route: fast}
                                """))
                .containsExactly(
                        "f.yaml:4:12: rules[1].name is the name of an earlier rule already");
    }

    private static String rules(String first, String second) {
        return """
        default: fast
        rules:
          - {name: one, when: %s, route: fast}
          - {name: two, when: %s, route: reasoner}
        """
                .formatted(first, second);
    }

    private static Policies read(String text) {
        return YamlFile.read(
                "f.yaml", text, map -> Policies.read(map, List.of("fast", "reasoner")));
    }

    private static List<String> problems(String text) {
        var thrown = catchThrowableOfType(ConfigException.class, () -> read(text));
        return thrown.problems().stream().map(Problem::toString).toList();
    }
}
