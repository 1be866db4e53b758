package io.pointsman.gateway.learning;

import static io.pointsman.gateway.learning.Samples.CHUNKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.Price;
import io.pointsman.api.Usage;
import io.pointsman.backends.Backend;
import io.pointsman.backends.balance.BackendRegistry;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.LearnConfig;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.learning.ScriptedClassifier.Lesson;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import io.pointsman.policies.PoolPair;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

@Timeout(30)
class PairLearningTest {

    private static final PoolPair PAIR = new PoolPair("fast", "reasoner");
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final ScriptedClassifier classifier = new ScriptedClassifier();
    private final List<RequestRecord> ledger = new CopyOnWriteArrayList<>();
    private SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final Map<String, ScriptedBackend> backends = new ConcurrentHashMap<>();
    private final Routing routing = routing();
    private final Dispatcher dispatcher =
            new Dispatcher(candidate ->
                    routing.backends().backend(candidate.backend().name()).orElseThrow());

    private Learning learning = start(Optional.empty());

    @AfterEach
    void close() {
        learning.close();
    }

    @Test
    void learnsWhatAClientSays() {
        ask("r1", "an easy one");
        ask("r2", "a hard one");

        assertThat(feedback("r1", 0.2)).isEqualTo(new Feedback.Learned(Side.FAST, "fast"));
        assertThat(feedback("r2", 1)).isEqualTo(new Feedback.Learned(Side.REASONER, "reasoner"));
        assertThat(feedback("r1", 0.4)).isEqualTo(new Feedback.Learned(Side.FAST, "fast"));
        assertThat(classifier.lessons())
                .extracting(Lesson::label)
                .containsExactly(
                        Label.ofFast(0.2, Origin.FEEDBACK, 1),
                        Label.ofReasoner(1, Origin.FEEDBACK, 1),
                        Label.ofFast(0.4, Origin.FEEDBACK, 1));
        assertThat(classifier.lessons())
                .extracting(Lesson::id)
                .satisfies(ids -> assertThat(ids.get(0)).isEqualTo(ids.get(2)));
        assertThat(classifier.lessons())
                .allSatisfy(lesson -> assertThat(lesson.tenant()).isEqualTo("a"));
        assertThat(labels("feedback", "fast")).isEqualTo(2);
        assertThat(labels("feedback", "reasoner")).isEqualTo(1);
    }

    @Test
    void knowsARequestForADayAndByItsTenantOnly() {
        ask("r1", "an easy one");

        assertThat(learning.feedback("b", "r1", 1).block()).isInstanceOf(Feedback.NotFound.class);
        pass(Duration.ofHours(23));
        assertThat(feedback("r1", 1)).isInstanceOf(Feedback.Learned.class);
        pass(Duration.ofHours(1));
        assertThat(feedback("r1", 1)).isInstanceOf(Feedback.NotFound.class);
        assertThat(feedback("r2", 1)).isInstanceOf(Feedback.NotFound.class);
    }

    @Test
    void learnsNothingOfWhatIsNotAnsweredOrCannotBeJudged() {
        backend("small").fails(new Failure.Rejected("no", 400, Optional.empty()));
        ask("failed", "an easy one");
        backend("small").says("fine");
        ask("blank", "blank");
        ask("left", "an easy one", "left", "");

        assertThat(feedback("failed", 1)).isEqualTo(new Feedback.NotAnswered());
        assertThat(feedback("blank", 1)).isInstanceOf(Feedback.NotLearnable.class);
        assertThat(feedback("left", 1)).isInstanceOf(Feedback.NotLearnable.class);
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void judgesWhatAClientRoutedWithoutShowingIt() {
        ask("r1", "an easy one", "reasoner", "");

        assertThat(feedback("r1", 0)).isEqualTo(new Feedback.Learned(Side.REASONER, "reasoner"));
        assertThat(ledger.getLast().classification()).isEmpty();
    }

    @Test
    void creditsThePoolThatAnsweredAfterAFallback() {
        backend("deep").fails(new Failure.Broken("gone"));
        ask("r1", "a hard one");

        assertThat(feedback("r1", 1)).isEqualTo(new Feedback.Learned(Side.FAST, "fast"));
    }

    @Test
    void takesTheNewestOfAnIdThatAClientUsesTwice() {
        ask("mine", "an easy one");
        ask("mine", "a hard one");

        assertThat(feedback("mine", 1)).isEqualTo(new Feedback.Learned(Side.REASONER, "reasoner"));
    }

    @Test
    void seesJsonThatIsBroken() {
        var json = ",\"response_format\":{\"type\":\"json_object\"}";
        backend("small").says("Sure! {}");
        ask("r1", "an easy one", "auto", json);
        ask("r2", "an easy one", "auto", "");
        backend("small").says("{}");
        ask("r3", "an easy one", "auto", json);

        settle();
        assertThat(classifier.lessons())
                .extracting(Lesson::label)
                .containsExactly(Label.ofFast(0, Origin.EVIDENCE, 0.7));
        assertThat(labels("evidence", "fast")).isEqualTo(1);
    }

    @Test
    void seesASecondTryOnTheReasoner() {
        ask("r1", "an easy one");
        ask("r2", "an easy one", "reasoner", "");
        ask("r3", "an easy one", "reasoner", "");
        ask("r4", "another easy one", "reasoner", "");

        settle();
        assertThat(classifier.lessons()).hasSize(1);
        var lesson = classifier.lessons().element();
        assertThat(lesson.label()).isEqualTo(Label.ofFast(0, Origin.EVIDENCE, 0.4));
        assertThat(lesson.id()).startsWith("r1.");
    }

    @Test
    void takesNoSecondTryAfterTenMinutesOrAfterTheClientsOwnChoice() {
        ask("r1", "an easy one");
        pass(Duration.ofMinutes(10));
        ask("r2", "an easy one", "reasoner", "");
        ask("r3", "a simple one", "fast", "");
        ask("r4", "a simple one", "reasoner", "");

        settle();
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void aClientsWordStandsAgainstEvidence() {
        ask("r1", "an easy one");
        feedback("r1", 1);
        ask("r2", "an easy one", "reasoner", "");

        settle();
        assertThat(classifier.lessons()).hasSize(1);
    }

    @Test
    void learnsNothingThatIsSwitchedOff() {
        learning.close();
        registry = new SimpleMeterRegistry();
        learning =
                Learning.start(
                        Optional.of(new LearnConfig(PAIR, false, false, Optional.empty())),
                        means());
        ask("r1", "an easy one", "auto", ",\"response_format\":{\"type\":\"json_object\"}");
        ask("r2", "an easy one", "reasoner", "");

        assertThat(feedback("r1", 1)).isEqualTo(new Feedback.Off());
        assertThat(classifier.lessons()).isEmpty();
        assertThat(Learning.start(Optional.empty(), means()).feedback("a", "r1", 1).block())
                .isEqualTo(new Feedback.Off());
    }

    @Test
    void comparesTwoAnswersThatCanBeChecked() throws Exception {
        compare("1", Optional.empty());
        backend("small").says("It is 42.");
        backend("deep").says("\\boxed{42}");
        ask("r1", "even", "auto", ",\"vendor\":{\"x\":1}");
        var same = classifier.next();
        backend("deep").says("Answer: 43");
        ask("r2", "even");
        var different = classifier.next();

        assertThat(same).extracting(Lesson::label).isEqualTo(both(1, 1, 0.6));
        assertThat(different).extracting(Lesson::label).isEqualTo(both(0, 1, 0.5));
        assertThat(classifier.lessons()).isEmpty();
        awaitCompared("agreed", 1);
        awaitCompared("differed", 1);
        settle();
        assertThat(labels("comparison", "fast")).isEqualTo(2);
        assertThat(labels("comparison", "reasoner")).isEqualTo(2);
        var sent = backend("deep").requests.getFirst();
        assertThat(new String(sent.body().bytes(), StandardCharsets.UTF_8))
                .contains("\"vendor\":{\"x\":1}");
        assertThat(sent.stream()).isFalse();
    }

    @Test
    void accountsForEachCallInTheBackground() throws Exception {
        compare("1", Optional.of("judge"));
        backend("small").says("Once upon a time.");
        backend("deep").says("Long ago.");
        backend("wise").says("TIE");
        ask("r1", "even");

        assertThat(classifier.next()).extracting(Lesson::label).isEqualTo(both(1, 1, 0.5));
        awaitCompared("judged", 1);
        assertThat(ledger)
                .extracting(
                        it -> it.id().value(),
                        it -> it.tenant().orElse(""),
                        it -> it.route().orElseThrow().rule(),
                        it -> it.backend().orElse(""),
                        RequestRecord::outcome)
                .containsExactlyInAnyOrder(
                        tuple("r1", "a", "default", "small", Outcome.COMPLETED),
                        tuple("r1-compared", "a", "comparison", "deep", Outcome.COMPLETED),
                        tuple("r1-judged", "a", "comparison", "wise", Outcome.COMPLETED));
        // Two calls of 10 prompt and 100 completion tokens at a dollar per million.
        assertThat(registry.get("pointsman.comparison.cost.usd").counter().count())
                .isEqualTo(220e-6);
    }

    @Test
    void hasNoLabelOfAJudgeThatSaysAnythingElse() throws Exception {
        compare("1", Optional.of("judge"));
        backend("small").says("Once upon a time.");
        backend("deep").says("Long ago.");
        backend("wise").says("Answer A is better.");
        ask("r1", "even");

        awaitCompared("undecided", 1);
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void comparesTheFastModelWhereTheReasonerAnswered() throws Exception {
        compare("1", Optional.empty());
        backend("deep").says("42");
        backend("small").says("41");
        ask("r1", "even but hardly");

        assertThat(classifier.next()).extracting(Lesson::label).isEqualTo(both(0, 1, 0.5));
    }

    @Test
    void comparesNothingThatItCannotCompare() throws Exception {
        compare("1", Optional.empty());
        ask("r1", "even", "reasoner", "");
        ask("r2", "even", "auto", ",\"n\":2");
        ask("r3", "even", "auto", ",\"tools\":[{}]");
        ask("r4", "blank even", "auto", "");
        backend("small").ends(FinishReason.LENGTH);
        ask("r5", "even");
        backend("small").says("42");
        backend("deep").says("42");
        ask("r6", "even");

        assertThat(classifier.next()).isNotNull();
        assertThat(ledger)
                .extracting(it -> it.id().value())
                .containsExactlyInAnyOrder("r1", "r2", "r3", "r4", "r5", "r6", "r6-compared");
    }

    @Test
    void stopsWhenTheDaysMoneyIsSpentAndGoesOnTheNextDay() throws Exception {
        // One call costs 0.00011 dollars, and the first is expected to cost 0.0002 at most.
        compare("0.0002", Optional.empty());
        backend("small").says("42");
        backend("deep").says("42");
        ask("r1", "even", "auto", ",\"max_tokens\":100");
        assertThat(classifier.next()).isNotNull();
        ask("r2", "even", "auto", ",\"max_tokens\":100");
        awaitCompared("over_budget", 1);
        pass(Duration.ofDays(1));
        ask("r3", "even", "auto", ",\"max_tokens\":100");

        assertThat(classifier.next()).isNotNull();
        assertThat(backend("deep").requests).hasSize(2);
    }

    @Test
    void countsWhatFails() throws Exception {
        compare("1", Optional.empty());
        backend("deep").fails(new Failure.Broken("gone"));
        ask("r1", "even");

        awaitCompared("failed", 1);
        assertThat(ledger)
                .extracting(it -> it.id().value(), RequestRecord::outcome)
                .contains(tuple("r1-compared", Outcome.UPSTREAM_BROKEN));
        assertThat(classifier.lessons()).isEmpty();
    }

    @Test
    void dropsWhatWaitsTooLongInLine() throws Exception {
        compare("1", Optional.empty());
        backend("small").says("42");
        backend("deep").hangs();
        ask("first", "even");
        backend("deep").called.await();
        for (var i = 0; i < 34; i++) {
            ask("r" + i, "even");
        }

        assertThat(compared("dropped")).isEqualTo(2);
        learning.close();
        backend("deep").cancelled.await();
    }

    private Learning start(Optional<LearnConfig.Comparison> comparison) {
        return Learning.start(Optional.of(new LearnConfig(PAIR, true, true, comparison)), means());
    }

    private void compare(String maxCostPerDay, Optional<String> judge) {
        learning.close();
        registry = new SimpleMeterRegistry();
        learning =
                start(
                        Optional.of(
                                new LearnConfig.Comparison(
                                        1, new BigDecimal(maxCostPerDay), judge)));
    }

    private Learning.Means means() {
        return new Learning.Means(
                () -> routing,
                dispatcher,
                ledger::add,
                registry,
                nanos::get,
                () -> START.plusNanos(nanos.get()),
                Optional::empty);
    }

    private Routing routing() {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        backends: {small: &b {base-url: "http://h/v1", model: m}, deep: *b, wise: *b, other: *b}
                        pools: {fast: [small], reasoner: [deep], judge: [wise], left: [other]}
                        policies:
                          default: fast
                          rules: [{name: hard, when: {difficulty-at-least: 0.6}, route: reasoner, fallback: [fast]}]
                        """);
        var entries =
                config.pools().entrySet().stream()
                        .map(pool ->
                                new BackendRegistry.Entry(
                                        pool.getKey(),
                                        new GuardedBackend(
                                                backend(pool.getValue().backends().getFirst()),
                                                BreakerSettings.DEFAULT,
                                                Clock.systemUTC())))
                        .toList();
        return new Routing(
                new ModelCatalog(Map.of("fast", 4096, "reasoner", 4096, "left", 4096), Map.of()),
                classifier,
                config.policies().policy(),
                new BackendRegistry(entries),
                nanos::get,
                "test");
    }

    private ScriptedBackend backend(String name) {
        return backends.computeIfAbsent(name, ScriptedBackend::new);
    }

    private void ask(String id, String text) {
        ask(id, text, "auto", "");
    }

    private void ask(String id, String text, String model, String more) {
        var request = Samples.request(id, text, more, model);
        var account = new Account(request.id(), ledger::add, nanos::get, START);
        account.authenticated("a");
        account.read(request);
        var route = routing.decide(request, Optional.empty(), account);
        try {
            learning.watch(request, route, account, dispatcher.dispatch(request, route, account))
                    .blockLast();
            account.settle(Outcome.COMPLETED);
        } catch (FailureException failed) {
            account.settle(Outcome.of(failed.failure()));
        }
    }

    private Feedback feedback(String id, double score) {
        return Objects.requireNonNull(learning.feedback("a", id, score).block());
    }

    /// Waits until all lessons so far are learned: they are learned in order.
    private void settle() {
        feedback("nothing", 0);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private double labels(String origin, String model) {
        return registry.get("pointsman.labels")
                .tags("origin", origin, "model", model)
                .counter()
                .count();
    }

    private double compared(String outcome) {
        return registry.get("pointsman.comparisons").tags("outcome", outcome).counter().count();
    }

    private void awaitCompared(String outcome, double count) {
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (compared(outcome) < count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(compared(outcome)).isEqualTo(count);
    }

    private static Label both(double fast, double reasoner, double trust) {
        return Label.ofBoth(fast, reasoner, Origin.COMPARISON, trust);
    }

    /// A backend that answers as it was last told. Thread-safe.
    private static final class ScriptedBackend implements Backend {

        private final BackendDescriptor descriptor;
        private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
        private final CountDownLatch called = new CountDownLatch(1);
        private final CountDownLatch cancelled = new CountDownLatch(1);
        private volatile Flux<ChatEvent> script = answer("fine", FinishReason.STOP);

        private ScriptedBackend(String name) {
            var price = new Price(BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE);
            descriptor = new BackendDescriptor(name, "m", 4096, Optional.of(price));
        }

        private static Flux<ChatEvent> answer(String text, FinishReason reason) {
            return Flux.just(
                    CHUNKS.content(text),
                    new ChatEvent.Finished(reason, new Usage(10, 0, 100, 0, false)));
        }

        private void says(String text) {
            script = answer(text, FinishReason.STOP);
        }

        private void ends(FinishReason reason) {
            script = answer("fine", reason);
        }

        private void fails(Failure failure) {
            script = Flux.error(new FailureException(failure));
        }

        private void hangs() {
            script = Flux.never();
        }

        @Override
        public BackendDescriptor descriptor() {
            return descriptor;
        }

        @Override
        public Flux<ChatEvent> chat(ChatRequest request) {
            return Flux.defer(
                            () -> {
                                requests.add(request);
                                called.countDown();
                                return script;
                            })
                    .doOnCancel(cancelled::countDown);
        }
    }
}
