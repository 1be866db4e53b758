package io.pointsman.policies;

import static io.pointsman.policies.Contexts.scored;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Message;
import io.pointsman.api.Role;
import io.pointsman.api.RoutingContext;
import io.pointsman.api.Tenant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConditionTest {

    /// A difficulty of 0.3, 104 estimated tokens, tenant `team`, model `gpt-4o`, one image, two
    /// tools.
    private static final RoutingContext CONTEXT =
            new RoutingContext(
                    Contexts.request(
                            "gpt-4o",
                            new Tenant("team", true),
                            new Message(Role.USER, "x".repeat(400), 1, 0),
                            2,
                            true,
                            Optional.of("high")),
                    Optional.empty(),
                    scored(0.3),
                    List.of());

    @ParameterizedTest
    @MethodSource
    void holdsAndSaysWhy(Condition condition, String words, String reason) {
        assertThat(condition.holds(CONTEXT)).isTrue();
        assertThat(condition).hasToString(words);
        assertThat(condition.reason(CONTEXT)).isEqualTo(reason);
    }

    static Stream<Arguments> holdsAndSaysWhy() {
        return Stream.of(
                Arguments.of(
                        Condition.difficultyAtLeast(0.3),
                        "difficulty >= 0.3",
                        "difficulty 0.30 >= 0.3"),
                Arguments.of(
                        Condition.difficultyBelow(0.3005),
                        "difficulty < 0.3005",
                        "difficulty 0.3000 < 0.3005"),
                Arguments.of(
                        Condition.tenantIn(List.of("other", "team")),
                        "tenant other or team",
                        "tenant team"),
                Arguments.of(Condition.modelIn(List.of("gpt-4o")), "model gpt-4o", "model gpt-4o"),
                Arguments.of(
                        Condition.promptTokensAtLeast(104),
                        "prompt tokens >= 104",
                        "about 104 prompt tokens >= 104"),
                Arguments.of(
                        Condition.promptTokensBelow(105),
                        "prompt tokens < 105",
                        "about 104 prompt tokens < 105"),
                Arguments.of(Condition.tools(true), "tools", "tools"),
                Arguments.of(Condition.images(true), "images", "images"),
                Arguments.of(Condition.structured(true), "structured answer", "structured answer"),
                Arguments.of(
                        Condition.reasoningEffortIn(List.of("medium", "high")),
                        "reasoning effort medium or high",
                        "reasoning effort high"));
    }

    @ParameterizedTest
    @MethodSource
    void doesNotHold(Condition condition) {
        assertThat(condition.holds(CONTEXT)).isFalse();
    }

    static Stream<Condition> doesNotHold() {
        return Stream.of(
                Condition.difficultyAtLeast(0.3001),
                Condition.difficultyBelow(0.3),
                Condition.tenantIn(List.of("other")),
                Condition.modelIn(List.of("auto")),
                Condition.promptTokensAtLeast(105),
                Condition.promptTokensBelow(104),
                Condition.tools(false),
                Condition.images(false),
                Condition.structured(false),
                Condition.reasoningEffortIn(List.of("low")));
    }
}
