package io.pointsman.policies;

import static io.pointsman.policies.Contexts.candidate;
import static io.pointsman.policies.Contexts.context;
import static io.pointsman.policies.Contexts.scored;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Candidate;
import io.pointsman.api.Classification;
import io.pointsman.api.Route;
import io.pointsman.api.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    private static final Rule HARD =
            new Rule(
                    "hard", List.of(Condition.difficultyAtLeast(0.5)), "reasoner", List.of("fast"));
    private static final Policy POLICY = new Policy("fast", List.of(HARD));
    private static final List<Candidate> PAIR =
            List.of(candidate("fast", "small", 0, true), candidate("reasoner", "r1", 0, true));

    @Test
    void sendsAHardRequestToTheReasoner() {
        var route = POLICY.route(context(scored(0.8312), PAIR));

        assertThat(route.pool()).isEqualTo("reasoner");
        assertThat(route.rule()).isEqualTo("hard");
        assertThat(route.reason()).isEqualTo("difficulty 0.83 >= 0.5 (rule hard)");
        assertThat(backends(route)).containsExactly("r1", "small");
    }

    @Test
    void sendsAnEasyRequestToTheDefault() {
        var route = POLICY.route(context(scored(0.4999), PAIR));

        assertThat(route.pool()).isEqualTo("fast");
        assertThat(route.rule()).isEqualTo("default");
        assertThat(route.reason()).isEqualTo("no rule matched difficulty 0.49; default fast");
        assertThat(backends(route)).containsExactly("small");
    }

    @ParameterizedTest
    @CsvSource({
        "NO_TEXT, difficulty unknown (no text); default fast",
        "FAILED, difficulty unknown (the classifier failed); default fast",
        "NOT_ASKED, no rule matched; default fast"
    })
    void sendsWhatNobodyCanJudgeToTheDefault(Classification.Cause cause, String reason) {
        var route = POLICY.route(context(new Classification.Unknown(cause), PAIR));

        assertThat(route.rule()).isEqualTo("default");
        assertThat(route.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @EnumSource(Classification.Cause.class)
    void neverMatchesADifficultyThatIsUnknown(Classification.Cause cause) {
        var context = context(new Classification.Unknown(cause), PAIR);

        assertThat(Condition.difficultyAtLeast(0).holds(context)).isFalse();
        assertThat(Condition.difficultyBelow(1).holds(context)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "true, 'no rule matched difficulty 0.90 of a novel kind of prompt; default fast'",
        "false, 'no rule matched difficulty 0.90, which is unsure; default fast'"
    })
    void sendsADoubtedScoreTheDefaultWay(boolean novel, String reason) {
        var route = POLICY.route(context(doubted(0.9, novel), PAIR));

        assertThat(route.pool()).isEqualTo("fast");
        assertThat(route.rule()).isEqualTo("default");
        assertThat(route.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverMatchesADifficultyThatIsDoubted(boolean novel) {
        var context = context(doubted(0.4, novel), PAIR);

        assertThat(Condition.difficultyAtLeast(0).holds(context)).isFalse();
        assertThat(Condition.difficultyBelow(1).holds(context)).isFalse();
        assertThat(
                        new Policy(
                                        "fast",
                                        List.of(new Rule("rest", List.of(), "reasoner", List.of())))
                                .route(context)
                                .pool())
                .isEqualTo("reasoner");
    }

    @Test
    void tellsThePairThatTheDifficultyDecidesBetween() {
        var pair = Optional.of(new PoolPair("fast", "reasoner"));

        assertThat(POLICY.pair()).isEqualTo(pair);
        assertThat(
                        new Policy(
                                        "reasoner",
                                        List.of(rule(Condition.difficultyBelow(0.3), "fast")))
                                .pair())
                .isEqualTo(pair);
        assertThat(
                        new Policy(
                                        "fast",
                                        List.of(
                                                rule(Condition.tools(true), "third"),
                                                rule(Condition.difficultyAtLeast(0.9), "fast"),
                                                HARD,
                                                rule(Condition.difficultyAtLeast(0.2), "third")))
                                .pair())
                .isEqualTo(pair);
        assertThat(new Policy("fast", List.of(rule(Condition.tools(true), "third"))).pair())
                .isEmpty();
    }

    @Test
    void obeysTheClient() {
        var context =
                new RoutingContext(Contexts.request(), Optional.of("reasoner"), scored(0.1), PAIR);

        var route = POLICY.route(context);

        assertThat(route.rule()).isEqualTo("client's choice");
        assertThat(route.reason()).isEqualTo("client chose reasoner");
        assertThat(backends(route)).containsExactly("r1");
    }

    @Test
    void takesTheFirstRuleThatMatches() {
        var policy =
                new Policy(
                        "fast",
                        List.of(
                                HARD,
                                new Rule("rest", List.of(), "reasoner", List.of()),
                                new Rule("never", List.of(), "fast", List.of())));

        assertThat(policy.route(context(scored(0.9), PAIR)).rule()).isEqualTo("hard");
        assertThat(policy.route(context(scored(0.1), PAIR)).rule()).isEqualTo("rest");
        assertThat(policy.route(context(scored(0.1), PAIR)).reason())
                .isEqualTo("every request (rule rest)");
    }

    @Test
    void prefersTheLessBusyAndKeepsTheOrderOfTies() {
        var busy = candidate("reasoner", "busy", 3, true);
        var first = candidate("reasoner", "first", 1, true);
        var second = candidate("reasoner", "second", 1, true);
        var idle = candidate("fast", "idle", 0, true);

        assertThat(backends(POLICY.route(context(scored(0.9), List.of(busy, second, idle)))))
                .containsExactly("second", "busy", "idle");
        assertThat(backends(POLICY.route(context(scored(0.9), List.of(first, second, idle)))))
                .containsExactly("first", "second", "idle");
    }

    @Test
    void t32_ranksOnlyWhoseContextThePromptFits() {
        var request = Contexts.request("word ".repeat(400));
        var candidates =
                List.of(
                        candidate("fast", "broken", 0, false),
                        Contexts.candidate("fast", "short", 0, true, 100),
                        Contexts.candidate("fast", "long", 9, true, 504));

        var route =
                POLICY.route(
                        new RoutingContext(request, Optional.empty(), scored(0.1), candidates));

        assertThat(request.estimatedPromptTokens()).isEqualTo(504);
        assertThat(backends(route)).containsExactly("long");
    }

    @Test
    void ranksABackendOnceThoughItIsInTwoPools() {
        var candidates =
                List.of(candidate("reasoner", "both", 0, true), candidate("fast", "both", 0, true));

        assertThat(backends(POLICY.route(context(scored(0.9), candidates))))
                .containsExactly("both");
    }

    @Test
    void ranksNothingWhereNothingIsAvailable() {
        var candidates = List.of(candidate("fast", "small", 0, false));

        var route = POLICY.route(context(scored(0.1), candidates));
        assertThat(route.ranked()).isEmpty();
        assertThat(route.passedOver()).isEqualTo(candidates);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void isPureAndRanksExactlyTheAdmissible(long seed) {
        var random = new Random(seed);
        var context = Contexts.random(random);
        var policy = Contexts.randomPolicy(random);

        var route = policy.route(context);

        assertThat(policy.route(context)).isEqualTo(route);
        assertThat(route.reason()).matches("[ -~]+");
        context.choice()
                .ifPresent(pool -> {
                    assertThat(route.pool()).isEqualTo(pool);
                    assertThat(route.rule()).isEqualTo(Policy.CLIENTS_CHOICE);
                });
        var pools = pools(policy, route);
        assertThat(backends(route))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(admissible(context, pools));
        assertThat(route.ranked())
                .isSortedAccordingTo(Comparator.comparingInt(it -> pools.indexOf(it.pool())));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverReachesARuleThatAnEarlierOneCovers(long seed) {
        var random = new Random(seed);
        var context = Contexts.random(random);
        var earlier = Contexts.randomRule(random, "earlier");
        var later = Contexts.randomRule(random, "later");

        if (earlier.covers(later) && later.matches(context)) {
            assertThat(earlier.matches(context)).isTrue();
        }
        assertThat(earlier.covers(earlier)).isTrue();
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    private static Rule rule(Condition condition, String pool) {
        return new Rule(pool, List.of(condition), pool, List.of());
    }

    private static Classification doubted(double difficulty, boolean novel) {
        return new Classification.Scored(
                difficulty,
                Classification.Certainty.of(
                        novel
                                ? new Classification.Interval(difficulty, difficulty)
                                : new Classification.Interval(0.1, 1),
                        new Classification.Novelty(novel ? 0.9 : 0.1, novel)),
                new Classification.Chances(0.5, 0.9),
                OptionalInt.empty(),
                List.of(),
                Optional.empty());
    }

    private static List<String> pools(Policy policy, Route route) {
        var pools = new ArrayList<String>();
        pools.add(route.pool());
        policy.rules().stream()
                .filter(rule -> rule.name().equals(route.rule()))
                .findFirst()
                .ifPresent(rule -> pools.addAll(rule.fallback()));
        return pools;
    }

    private static List<String> admissible(RoutingContext context, List<String> pools) {
        return context.candidates().stream()
                .filter(candidate -> pools.contains(candidate.pool()))
                .filter(candidate -> candidate.load().available())
                .filter(candidate ->
                        candidate.backend().contextLength()
                                >= context.request().estimatedPromptTokens())
                .map(candidate -> candidate.backend().name())
                .distinct()
                .toList();
    }

    private static List<String> backends(Route route) {
        return route.ranked().stream().map(candidate -> candidate.backend().name()).toList();
    }
}
