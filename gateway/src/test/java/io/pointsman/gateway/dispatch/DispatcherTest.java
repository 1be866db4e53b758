package io.pointsman.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.Failure.Deadline;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Tenant;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Attempt;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.config.Attempts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class DispatcherTest {

    private static final ChunkWriter WRITER = new ChunkWriter("c1", 1, "m");
    private static final ChatEvent ROLE = WRITER.role(0);
    private static final ChatEvent TOKEN = WRITER.content("a");
    private static final Usage USAGE = new Usage(10, 0, 2, 0, false);
    private static final ChatEvent FINISHED = new ChatEvent.Finished(FinishReason.STOP, USAGE);
    private static final Flux<ChatEvent> ANSWER = Flux.just(ROLE, TOKEN, TOKEN, FINISHED);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Map<String, Scripted> backends = new HashMap<>();
    private final List<RequestRecord> ledger = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Dispatcher dispatcher = dispatcher(Attempts.DEFAULT);

    @Test
    void t17_holdsTheRoleBackUntilContentSoThatAFallbackIsInvisible() {
        backend("a").answers(Flux.concat(Flux.just(ROLE, ROLE), failing(broken())));
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");

        assertThat(reader.events).containsExactly(ROLE, TOKEN, TOKEN, FINISHED);
        assertThat(reader.completed).isTrue();
        assertThat(attempts(reader))
                .extracting(Attempt::backend, Attempt::outcome)
                .containsExactly(
                        tuple("a", Outcome.UPSTREAM_BROKEN), tuple("b", Outcome.COMPLETED));
    }

    @Test
    void t17_triesNothingAfterTheFirstToken() {
        backend("a").answers(Flux.concat(Flux.just(ROLE, TOKEN), failing(broken())));
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");

        assertThat(reader.events).containsExactly(ROLE, TOKEN);
        assertThat(reader.failure()).isEqualTo(broken());
        assertThat(backend("b").requests).isEmpty();
    }

    @Test
    void boundsWhatIsHeldBack() {
        backend("a").answers(Flux.just(ROLE).repeat());
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");

        assertThat(reader.completed).isTrue();
        assertThat(backend("a").underWay).isZero();
    }

    @Test
    void t18_endsWithTheLastFailureOfAll() {
        backend("a").answers(failing(rejected(503)));
        backend("b").answers(failing(rejected(400)));

        assertThat(ask("a", "b").failure()).isEqualTo(rejected(400));
    }

    @Test
    void handsOverOnlyWhatIsAskedFor() {
        backend("a").answers(ANSWER);
        var reader = new Reader(0);
        dispatch(reader, "", "a");
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(reader.events).isEmpty();
        reader.request(1);
        assertThat(reader.events).containsExactly(ROLE);
        reader.request(2);
        assertThat(reader.events).containsExactly(ROLE, TOKEN, TOKEN);
        reader.request(1);
        assertThat(reader.completed).isTrue();
    }

    @Test
    void t21_cutsTheWholeRequestAtItsTotalDeadline() {
        backend("a")
                .answers(
                        Flux.concat(
                                Flux.just(ROLE),
                                Flux.interval(Duration.ofSeconds(10), time).map(_ -> TOKEN)));

        var reader = ask("a");
        time.advanceTimeBy(Duration.ofMinutes(20));
        assertThat(reader.failures).isEmpty();
        assertThat(reader.events).hasSize(121);
        time.advanceTimeBy(Duration.ofMinutes(40));

        assertThat(((Failure.TimedOut) reader.failure()).deadline()).isEqualTo(Deadline.TOTAL);
        assertThat(backend("a").underWay).isZero();
        assertThat(attempts(reader))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.TOTAL_TIMEOUT);
    }

    @Test
    void t21_cutsARequestThatNobodyAnswers() {
        backend("a").answers(Flux.never());

        var reader = ask("a");
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(((Failure.TimedOut) reader.failure()).deadline()).isEqualTo(Deadline.TOTAL);
        assertThat(backend("a").underWay).isZero();
    }

    @Test
    void t21_givesEachAttemptTheDeadlinesOfItsPool() {
        dispatcher =
                dispatcher(
                        new Attempts(
                                Optional.of(Duration.ofSeconds(1)),
                                Optional.of(Duration.ofSeconds(2)),
                                Optional.of(Duration.ofSeconds(3)),
                                Duration.ofHours(1),
                                3,
                                Duration.ofSeconds(1),
                                Duration.ofMillis(100),
                                Duration.ofSeconds(10),
                                Optional.empty()));
        backend("a").answers(ANSWER);

        ask("a");

        assertThat(backend("a").deadlines)
                .containsExactly(
                        new Deadlines(
                                Optional.of(Duration.ofSeconds(1)),
                                Optional.of(Duration.ofSeconds(2)),
                                Optional.of(Duration.ofSeconds(3))));
    }

    @Test
    void t25_makesNoMoreAttemptsThanTheRequestMay() {
        Stream.of("a", "b", "c", "d").forEach(name -> backend(name).answers(failing(broken())));

        var reader = ask("a", "b", "c", "d");

        assertThat(((Failure.Exhausted) reader.failure()).attempts()).hasSize(3);
        assertThat(backend("d").requests).isEmpty();
    }

    @Test
    void t25_retriesWithAWaitThatDoublesWhereNobodyElseIsLeft() {
        backend("a").answers(failing(broken()), failing(broken()), ANSWER);

        var reader = ask("a");

        assertThat(backend("a").requests).hasSize(1);
        time.advanceTimeBy(Duration.ofMillis(100));
        assertThat(backend("a").requests).hasSize(2);
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(reader.completed).isTrue();
        assertThat(counted("pointsman.retries", "made")).isEqualTo(2);
    }

    @Test
    void t18_endsWithTheBackendsOwnFailureWhereOnlyOneWasTried() {
        backend("a").answers(failing(broken()));

        var reader = ask("a");
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(reader.failure()).isEqualTo(broken());
        assertThat(backend("a").requests).hasSize(3);
    }

    @Test
    void t27_doesNotRetryABackendThatShowedNoTokenInTime() {
        backend("a").answers(failing(new Failure.TimedOut("late", Deadline.FIRST_TOKEN)));

        assertThat(((Failure.TimedOut) settled(ask("a"))).deadline())
                .isEqualTo(Deadline.FIRST_TOKEN);
        assertThat(backend("a").requests).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t25_aFailingBackendSeesItsLoadAndTheBudgetAtMost(long seed) {
        var random = new Random(seed);
        backend("a").answers(failing(broken()));
        int load = 0;
        for (int second = 0; second < 60; second++) {
            int requests = random.nextInt(30);
            for (int i = 0; i < requests; i++) {
                ask("a");
                load++;
                time.advanceTimeBy(Duration.ofMillis(30));
            }
            time.advanceTimeBy(Duration.ofSeconds(1));
        }

        // Ten in ten seconds are free besides the share.
        assertThat((double) backend("a").requests.size())
                .isLessThanOrEqualTo(1.2 * load + time.now(TimeUnit.SECONDS) + 20);
        assertThat(counted("pointsman.retries", "over_budget")).isPositive();
    }

    @Test
    void t26_waitsAsLongAsTheBackendAsks() {
        backend("a").answers(overloaded(Duration.ofSeconds(2)), ANSWER);

        var reader = ask("a");

        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(backend("a").requests).hasSize(1);
        time.advanceTimeBy(Duration.ofMillis(102));
        assertThat(reader.completed).isTrue();
    }

    @Test
    void t26_failsAtOnceWhereTheWaitIsTooLong() {
        backend("a").answers(overloaded(Duration.ofSeconds(11)));

        assertThat(((Failure.Overloaded) settled(ask("a"))).retryAfter())
                .isEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void t26_failsAtOnceWhereTheWaitDoesNotFitTheDeadline() {
        dispatcher = dispatcher(within(Duration.ofSeconds(1), Optional.empty()));
        backend("a").answers(overloaded(Duration.ofMillis(1500)));

        assertThat(settled(ask("a"))).isInstanceOf(Failure.Overloaded.class);
    }

    @Test
    void t26_fallsBackAtOnceRatherThanWait() {
        backend("a").answers(overloaded(Duration.ofSeconds(3)));
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(reader.completed).isTrue();
    }

    @Test
    void t27_doesNotRetryWhatFailedSlowly() {
        backend("a")
                .answers(
                        Flux.concat(
                                Mono.delay(Duration.ofMillis(1001), time).then(Mono.empty()),
                                failing(broken())));

        var reader = ask("a");
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(reader.failure()).isEqualTo(broken());
        assertThat(backend("a").requests).hasSize(1);
    }

    @Test
    void t28_everyAttemptHasTheClientsOwnRequest() {
        backend("a").answers(failing(broken()));
        backend("b").answers(failing(broken()), ANSWER);

        var reader = ask("a", "b");
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(reader.completed).isTrue();
        assertThat(backend("b").requests)
                .hasSize(2)
                .allSatisfy(
                        request -> assertThat(request).isSameAs(backend("a").requests.getFirst()));
    }

    @Test
    void t29_doesNotRetryA429OrAClientsMistake() {
        for (int status : new int[] {400, 401, 404, 422, 429}) {
            backend("a").answers(failing(rejected(status)));
            backend("a").requests.clear();

            var reader = ask("a");
            time.advanceTimeBy(Duration.ofMinutes(1));

            assertThat(reader.failure()).isEqualTo(rejected(status));
            assertThat(backend("a").requests).hasSize(1);
        }
    }

    @Test
    void t31_hedgesBeforeTheFirstTokenAndChargesTheLoser() {
        dispatcher = hedging(1);
        backend("a").answers(Flux.concat(Flux.just(ROLE), Flux.never()));
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");
        time.advanceTimeBy(Duration.ofMillis(1999));
        assertThat(backend("b").requests).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(reader.events).containsExactly(ROLE, TOKEN, TOKEN, FINISHED);
        assertThat(backend("a").underWay).isZero();
        assertThat(attempts(reader))
                .extracting(Attempt::backend, Attempt::outcome, a -> a.usage().promptTokens() > 0)
                .containsExactly(
                        tuple("a", Outcome.CANCELLED, true), tuple("b", Outcome.COMPLETED, true));
        assertThat(counted("pointsman.hedges", "won")).isEqualTo(1);
    }

    @Test
    void t31_aLoserThatWasSentNothingIsChargedNothing() {
        dispatcher = hedging(1);
        backend("a").answers(Flux.never());
        backend("a").connects = false;
        backend("b").answers(ANSWER);

        var reader = ask("a", "b");
        time.advanceTimeBy(Duration.ofSeconds(2));

        assertThat(attempts(reader))
                .extracting(Attempt::backend, Attempt::outcome, Attempt::usage)
                .containsExactly(
                        tuple("a", Outcome.CANCELLED, Usage.NONE),
                        tuple("b", Outcome.COMPLETED, USAGE));
    }

    @Test
    void t31_theFirstCallMayWinAfterAll() {
        dispatcher = hedging(1);
        backend("a").answers(ANSWER.delaySubscription(Duration.ofSeconds(3), time));
        backend("b").answers(Flux.never());

        var reader = ask("a", "b");
        time.advanceTimeBy(Duration.ofSeconds(3));

        assertThat(reader.completed).isTrue();
        assertThat(backend("b").underWay).isZero();
        assertThat(attempts(reader)).hasSize(2);
    }

    @Test
    void t31_neverHedgesARequestWithTools() {
        dispatcher = hedging(1);
        backend("a").answers(Flux.never());
        var reader = new Reader(Long.MAX_VALUE);

        dispatch(
                reader,
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"pay\"}}]",
                "a",
                "b");
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(backend("b").requests).isEmpty();
    }

    @Test
    void t31_neverHedgesAfterTheFirstToken() {
        dispatcher = hedging(1);
        backend("a").answers(Flux.concat(Flux.just(TOKEN), Flux.never()));

        ask("a", "b");
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(backend("b").requests).isEmpty();
    }

    @Test
    void t31_hedgesNoMoreThanItsShare() {
        dispatcher = hedging(0.1);
        backend("a").answers(Flux.never());
        backend("b").answers(Flux.never());
        for (int i = 0; i < 100; i++) {
            ask("a", "b");
        }

        time.advanceTimeBy(Duration.ofSeconds(2));

        // One is free besides the share.
        assertThat(backend("b").requests).hasSize(11);
        assertThat(counted("pointsman.hedges", "over_budget")).isEqualTo(89);
    }

    @Test
    void t02_cancellingEndsEveryPhase() {
        dispatcher = hedging(1);
        backend("a").answers(Flux.never());
        backend("b").answers(Flux.never());
        var hedged = ask("a", "b");
        time.advanceTimeBy(Duration.ofSeconds(2));
        backend("c").answers(overloaded(Duration.ofSeconds(5)), ANSWER);
        var waiting = ask("c");

        hedged.cancel();
        waiting.cancel();
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(backend("a").underWay).isZero();
        assertThat(backend("b").underWay).isZero();
        assertThat(backend("c").requests).hasSize(1);
        assertThat(hedged.failures).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t03_leavesNothingUnderWayHoweverRequestsEnd(long seed) {
        var random = new Random(seed);
        dispatcher = hedging(1);
        var names = new String[] {"a", "b", "c"};
        for (int i = 0; i < 500; i++) {
            for (var name : names) {
                backend(name).answers(anything(random), anything(random));
            }
            var reader = new Reader(random.nextInt(3) == 0 ? 1 : Long.MAX_VALUE);
            dispatch(reader, "", Arrays.copyOf(names, 1 + random.nextInt(3)));
            time.advanceTimeBy(Duration.ofMillis(random.nextInt(5000)));
            if (random.nextBoolean()) {
                reader.cancel();
            } else {
                reader.request(10);
                time.advanceTimeBy(Duration.ofHours(1));
                assertThat(reader.failures.size() + (reader.completed ? 1 : 0)).isEqualTo(1);
            }
            reader.account.settle(Outcome.CANCELLED);
            for (var name : names) {
                assertThat(backend(name).underWay).as(name + " after " + i).isZero();
            }
        }

        assertThat(ledger).hasSize(500);
        int calls = backends.values().stream().mapToInt(it -> it.requests.size()).sum();
        assertThat(ledger.stream().mapToInt(entry -> entry.attempts().size()).sum())
                .isEqualTo(calls);
    }

    private Flux<ChatEvent> anything(Random random) {
        var delay = Duration.ofMillis(random.nextInt(4000));
        return switch (random.nextInt(7)) {
            case 0 -> ANSWER;
            case 1 -> failing(broken());
            case 2 -> Flux.never();
            case 3 -> ANSWER.delaySequence(delay, time);
            case 4 -> Flux.concat(Flux.just(ROLE, TOKEN), failing(broken()));
            case 5 -> overloaded(delay);
            default -> Flux.error(new IllegalStateException("a bug"));
        };
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private Failure settled(Reader reader) {
        time.advanceTimeBy(Duration.ofMillis(1));
        return reader.failure();
    }

    private Reader ask(String... names) {
        var reader = new Reader(Long.MAX_VALUE);
        dispatch(reader, "", names);
        return reader;
    }

    private void dispatch(Reader reader, String fields, String... names) {
        var body =
                "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                        + fields
                        + "}";
        var request =
                ChatRequestReader.read(body.getBytes(UTF_8), new RequestId("r1"), Tenant.ANONYMOUS);
        reader.account.read(request);
        var ranked =
                Arrays.stream(names)
                        .map(name ->
                                new Candidate("p", backend(name).descriptor(), BackendLoad.IDLE))
                        .toList();
        dispatcher
                .dispatch(request, new Route("p", "rule", "reason", ranked), reader.account)
                .subscribe(reader);
    }

    private List<Attempt> attempts(Reader reader) {
        reader.account.settle(
                reader.failures.isEmpty()
                        ? Outcome.COMPLETED
                        : Outcome.of(reader.failures.getFirst()));
        return ledger.getLast().attempts();
    }

    private double counted(String name, String result) {
        return registry.get(name).tag("result", result).functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private Scripted backend(String name) {
        return backends.computeIfAbsent(name, Scripted::new);
    }

    private Dispatcher hedging(double share) {
        return dispatcher(
                within(
                        Duration.ofHours(1),
                        Optional.of(new Attempts.Hedge(Duration.ofSeconds(2), share))));
    }

    private static Attempts within(Duration total, Optional<Attempts.Hedge> hedge) {
        return new Attempts(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                total,
                3,
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                hedge);
    }

    private Dispatcher dispatcher(Attempts attempts) {
        var random = new Random(1);
        var made =
                new Dispatcher(
                        candidate -> backend(candidate.backend().name()),
                        Map.of("p", attempts),
                        Map.of("a", 0.2, "b", 0.2, "c", 0.2, "d", 0.2),
                        time,
                        () -> time.now(TimeUnit.NANOSECONDS),
                        random::nextLong);
        registry.clear();
        made.bindTo(registry);
        return made;
    }

    private static Failure broken() {
        return new Failure.Broken("broken");
    }

    private static Failure rejected(int status) {
        return new Failure.Rejected("rejected", status, Optional.empty());
    }

    private static Flux<ChatEvent> failing(Failure failure) {
        return Flux.error(new FailureException(failure));
    }

    /// As from a server: not while it is being called.
    private Flux<ChatEvent> overloaded(Duration retryAfter) {
        return Flux.concat(
                Mono.delay(Duration.ofMillis(1), time).then(Mono.empty()),
                failing(new Failure.Overloaded("busy", retryAfter)));
    }

    /// Answers its calls in turn, the last answer for ever.
    private static final class Scripted implements Backend {
        private final String name;
        private final Deque<Flux<ChatEvent>> answers = new ArrayDeque<>();
        private final List<ChatRequest> requests = new ArrayList<>();
        private final List<Deadlines> deadlines = new ArrayList<>();
        private int underWay;

        /// Whether calls get as far as its server.
        private boolean connects = true;

        private Scripted(String name) {
            this.name = name;
        }

        @SafeVarargs
        private void answers(Flux<ChatEvent>... next) {
            answers.clear();
            for (var answer : next) {
                answers.add(answer);
            }
        }

        @Override
        public BackendDescriptor descriptor() {
            return new BackendDescriptor(name, "m", 4096, Optional.empty());
        }

        @Override
        public Flux<ChatEvent> chat(ChatRequest request) {
            return chat(request, Deadlines.DEFAULT);
        }

        @Override
        public Flux<ChatEvent> chat(ChatRequest request, Deadlines given, Runnable sent) {
            return chat(request, given)
                    .doOnSubscribe(_ -> {
                        if (connects) {
                            sent.run();
                        }
                    });
        }

        @Override
        public Flux<ChatEvent> chat(ChatRequest request, Deadlines given) {
            return Flux.defer(
                            () -> {
                                requests.add(request);
                                deadlines.add(given);
                                return answers.size() > 1
                                        ? answers.removeFirst()
                                        : answers.getFirst();
                            })
                    .doOnSubscribe(_ -> underWay++)
                    .doFinally(_ -> underWay--);
        }
    }

    private final class Reader extends BaseSubscriber<ChatEvent> {
        private final long first;
        private final Account account =
                new Account(
                        new RequestId("r1"),
                        ledger::add,
                        () -> time.now(TimeUnit.NANOSECONDS),
                        Instant.EPOCH);
        private final List<ChatEvent> events = new ArrayList<>();
        private final List<Failure> failures = new ArrayList<>();
        private boolean completed;

        private Reader(long first) {
            this.first = first;
        }

        private Failure failure() {
            assertThat(failures).hasSize(1);
            return failures.getFirst();
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (first > 0) {
                request(first);
            }
        }

        @Override
        protected void hookOnNext(ChatEvent event) {
            events.add(event);
        }

        @Override
        protected void hookOnError(Throwable failed) {
            failures.add(
                    failed instanceof FailureException known
                            ? known.failure()
                            : new Failure.Broken("a bug"));
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }
    }
}
