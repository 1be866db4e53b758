package io.pointsman.backends.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Outage;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.ChatRequests;
import io.pointsman.backends.Deadlines;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class GuardedBackendTest {

    private static final ChunkWriter WRITER = new ChunkWriter("id", 0, "m");
    private static final ChatEvent VISIBLE = WRITER.content("a");
    private static final ChatEvent FINISHED = new ChatEvent.Finished(FinishReason.STOP, Usage.NONE);
    private static final BreakerSettings SETTINGS =
            new BreakerSettings(4, 4, 50, Duration.ofSeconds(10), 1);

    private final ManualClock clock = new ManualClock();
    private final ScriptedBackend script = new ScriptedBackend("one");
    private final GuardedBackend backend = new GuardedBackend(script, SETTINGS, clock);

    @Test
    void passesEventsOn() {
        var role = WRITER.role(0);
        script.events = Flux.just(role, VISIBLE, FINISHED);

        assertThat(backend.chat(ChatRequests.saying("hi")).collectList().block())
                .containsExactly(role, VISIBLE, FINISHED);
    }

    @Test
    void opensAfterFailuresAndTriesAgainLater() {
        script.events = Flux.error(new FailureException(new Failure.Broken("boom")));
        for (int i = 0; i < 4; i++) {
            assertThat(backend.load().available()).isTrue();
            assertThat(call()).isInstanceOf(Failure.Broken.class);
        }

        assertThat(backend.load()).isEqualTo(new BackendLoad(0, false));
        assertThat(((Failure.NoCandidate) call()).retryAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(script.calls).isEqualTo(4);

        clock.advance(Duration.ofSeconds(10).plusMillis(1));
        assertThat(backend.load().available()).isTrue();
        script.events = Flux.just(VISIBLE, FINISHED);
        backend.chat(ChatRequests.saying("hi")).blockLast();
        assertThat(backend.load().available()).isTrue();
        assertThat(script.calls).isEqualTo(5);
    }

    @Test
    void saysWhyItIsOutAndForHowLong() {
        var one =
                guarded(
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.of(new Cooldown(Duration.ofSeconds(15), clock)));
        script.events = Flux.error(new FailureException(new Failure.Broken("boom")));
        for (int i = 0; i < 4; i++) {
            assertThat(one.outage()).isEmpty();
            call(one);
        }

        clock.advance(Duration.ofSeconds(4));
        assertThat(one.outage())
                .contains(
                        new Outage(Outage.Cause.CIRCUIT_OPEN, Optional.of(Duration.ofSeconds(6))));
        clock.advance(Duration.ofSeconds(7));
        script.events =
                Flux.error(new FailureException(new Failure.Rejected("", 429, Optional.empty())));
        call(one);
        clock.advance(Duration.ofSeconds(5));
        assertThat(one.outage())
                .contains(new Outage(Outage.Cause.COOLING, Optional.of(Duration.ofSeconds(10))));
    }

    @Test
    void countsSlowAnswersAndLateFailuresAsSuccess() {
        script.events =
                Flux.concat(
                        Flux.just(VISIBLE),
                        Mono.fromRunnable(() -> clock.advance(Duration.ofHours(1))),
                        Flux.error(new FailureException(new Failure.Broken("late"))));
        for (int i = 0; i < 20; i++) {
            assertThat(call()).isInstanceOf(Failure.Broken.class);
        }

        assertThat(backend.load()).isEqualTo(BackendLoad.IDLE);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void t29_isNotOpenedByWhatSaysNothingOfTheBackend(Failure failure) {
        script.events = Flux.error(new FailureException(failure));
        for (int i = 0; i < 20; i++) {
            call();
        }

        assertThat(backend.load()).isEqualTo(BackendLoad.IDLE);
    }

    static List<Failure> harmless() {
        return List.of(
                new Failure.Rejected("", 400, Optional.empty()),
                new Failure.Rejected("", 401, Optional.empty()),
                new Failure.Rejected("", 404, Optional.empty()),
                new Failure.Rejected("", 422, Optional.empty()),
                new Failure.Rejected("", 429, Optional.empty()),
                new Failure.Overloaded("", Duration.ZERO),
                new Failure.InvalidRequest("", "", Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("harmful")
    void isOpenedByTrouble(Failure failure) {
        script.events = Flux.error(new FailureException(failure));
        for (int i = 0; i < 4; i++) {
            call();
        }

        assertThat(backend.load().available()).isFalse();
    }

    static List<Failure> harmful() {
        return List.of(
                new Failure.Rejected("", 408, Optional.empty()),
                new Failure.Rejected("", 500, Optional.empty()),
                new Failure.Broken(""),
                new Failure.TimedOut("", Failure.Deadline.FIRST_TOKEN));
    }

    @Test
    void isNotOpenedByClientsThatLeave() {
        script.events = Flux.never();
        for (int i = 0; i < 20; i++) {
            backend.chat(ChatRequests.saying("hi")).subscribe().dispose();
        }

        assertThat(backend.load()).isEqualTo(BackendLoad.IDLE);
    }

    @Test
    void countsWhatIsInFlight() {
        script.events = Flux.never();

        var calls =
                List.of(
                        backend.chat(ChatRequests.saying("a")).subscribe(),
                        backend.chat(ChatRequests.saying("b")).subscribe());

        assertThat(backend.load().inFlight()).isEqualTo(2);
        calls.forEach(Disposable::dispose);
        assertThat(backend.load().inFlight()).isZero();
    }

    @Test
    void isIdleBeforeTheEndIsSeen() {
        script.events = Flux.just(FINISHED);
        var seen = new int[] {-1, -1};

        backend.chat(ChatRequests.saying("hi"))
                .doOnComplete(() -> seen[0] = backend.load().inFlight())
                .blockLast();
        script.events = Flux.error(new FailureException(new Failure.Broken("")));
        backend.chat(ChatRequests.saying("hi"))
                .doOnError(_ -> seen[1] = backend.load().inFlight())
                .onErrorComplete()
                .blockLast();

        assertThat(seen).containsExactly(0, 0);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void leaksNothingHoweverCallsEnd(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            script.events =
                    switch (random.nextInt(6)) {
                        case 0 -> Flux.just(VISIBLE, FINISHED);
                        case 1 -> Flux.error(new FailureException(new Failure.Broken("")));
                        case 2 -> Flux.concat(Flux.just(VISIBLE), Flux.never());
                        case 3 -> Flux.never();
                        case 4 -> Flux.error(new IllegalStateException("a bug"));
                        default ->
                                Flux.defer(() -> {
                                    throw new CancellationException();
                                });
                    };
            backend.chat(ChatRequests.saying("hi"))
                    .onErrorComplete()
                    .take(random.nextInt(1, 4))
                    .subscribe()
                    .dispose();
            clock.advance(Duration.ofSeconds(random.nextInt(5)));
        }

        assertThat(backend.load().inFlight()).isZero();
        script.events = Flux.just(VISIBLE, FINISHED);
        clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 8; i++) {
            backend.chat(ChatRequests.saying("hi")).onErrorComplete().blockLast();
        }
        assertThat(backend.load()).isEqualTo(BackendLoad.IDLE);
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @Test
    void t59_refusesAtOnceWhatDoesNotFitTheBulkhead() {
        var narrow = guarded(OptionalInt.of(2), OptionalInt.empty(), Optional.empty());
        script.events = Flux.never();
        var calls =
                List.of(
                        narrow.chat(ChatRequests.saying("a")).subscribe(),
                        narrow.chat(ChatRequests.saying("b")).subscribe());

        var refused = (Failure.Overloaded) call(narrow);
        calls.forEach(Disposable::dispose);
        script.events = Flux.error(new FailureException(new Failure.Broken("")));

        assertThat(refused.message()).contains("max-in-flight");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(script.calls).isEqualTo(2);
        assertThat(call(narrow)).isInstanceOf(Failure.Broken.class);
    }

    @Test
    void t59_refusesAtOnceWhatComesTooFast() {
        var slow = guarded(OptionalInt.empty(), OptionalInt.of(5), Optional.empty());
        script.events =
                Flux.error(new FailureException(new Failure.Rejected("", 400, Optional.empty())));
        for (int i = 0; i < 100; i++) {
            call(slow);
        }

        assertThat(script.calls).isBetween(5, 50);
        assertThat(slow.load()).isEqualTo(BackendLoad.IDLE);
    }

    @Test
    void t29_a429CoolsItsOwnQuotaForAsLongAsConfigured() {
        var shared = new Cooldown(Duration.ofSeconds(5), clock);
        var one = guarded(OptionalInt.empty(), OptionalInt.empty(), Optional.of(shared));
        var twin = guarded(OptionalInt.empty(), OptionalInt.empty(), Optional.of(shared));
        var otherKey =
                guarded(
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.of(new Cooldown(Duration.ofSeconds(5), clock)));
        script.events =
                Flux.error(new FailureException(new Failure.Rejected("", 429, Optional.empty())));

        assertThat(call(one)).isInstanceOf(Failure.Rejected.class);

        assertThat(one.load().available()).isFalse();
        assertThat(twin.load().available()).isFalse();
        assertThat(otherKey.load().available()).isTrue();
        assertThat(one.breakerState()).isEqualTo("closed");
        assertThat(((Failure.Overloaded) call(twin)).retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(script.calls).isEqualTo(1);
        clock.advance(Duration.ofMillis(4999));
        assertThat(one.cooling()).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(one.cooling()).isFalse();
        assertThat(twin.load().available()).isTrue();
    }

    @Test
    void t29_coolsForAsLongAsTheServerSays() {
        var one =
                guarded(
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.of(new Cooldown(Duration.ofSeconds(5), clock)));
        script.events =
                Flux.error(
                        new FailureException(new Failure.Overloaded("", Duration.ofSeconds(30))));
        call(one);

        clock.advance(Duration.ofMillis(29_999));
        assertThat(one.cooling()).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(one.cooling()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t03_releasesEveryPermitHoweverCallsEnd(long seed) {
        var random = new Random(seed);
        var narrow = guarded(OptionalInt.of(4), OptionalInt.empty(), Optional.empty());
        var open = new ArrayList<Disposable>();
        for (int i = 0; i < 500; i++) {
            script.events =
                    switch (random.nextInt(5)) {
                        case 0 -> Flux.just(VISIBLE, FINISHED);
                        case 1 -> Flux.error(new FailureException(new Failure.Broken("")));
                        case 2 -> Flux.concat(Flux.just(VISIBLE), Flux.never());
                        case 3 -> Flux.error(new IllegalStateException("a bug"));
                        default ->
                                Flux.defer(() -> {
                                    throw new CancellationException();
                                });
                    };
            open.add(
                    narrow.chat(ChatRequests.saying("hi"))
                            .onErrorComplete()
                            .take(random.nextInt(1, 4))
                            .subscribe());
            if (random.nextBoolean()) {
                open.remove(random.nextInt(open.size())).dispose();
            }
            clock.advance(Duration.ofSeconds(random.nextInt(5)));
        }
        open.forEach(Disposable::dispose);

        assertThat(narrow.load().inFlight()).isZero();
        script.events = Flux.just(VISIBLE, FINISHED);
        for (int i = 0; i < 8; i++) {
            // The first success may make the calls enough for the breaker to open.
            clock.advance(Duration.ofMinutes(1));
            narrow.chat(ChatRequests.saying("hi")).onErrorComplete().blockLast();
        }
        script.events = Flux.never();
        for (int i = 0; i < 6; i++) {
            narrow.chat(ChatRequests.saying("hi")).onErrorComplete().subscribe();
        }
        assertThat(narrow.load().inFlight()).isEqualTo(4);
    }

    private GuardedBackend guarded(
            OptionalInt maxInFlight, OptionalInt perSecond, Optional<Cooldown> cooldown) {
        return new GuardedBackend(
                script, new Guard(SETTINGS, maxInFlight, perSecond, cooldown), clock);
    }

    private Failure call() {
        return call(backend);
    }

    private static Failure call(GuardedBackend called) {
        return called.chat(ChatRequests.saying("hi"))
                .then(Mono.<Failure>error(new AssertionError("it did not fail")))
                .onErrorResume(FailureException.class, e -> Mono.just(e.failure()))
                .blockOptional()
                .orElseThrow();
    }

    private static final class ScriptedBackend implements Backend {
        private final String name;
        private Flux<ChatEvent> events = Flux.empty();
        private int calls;

        ScriptedBackend(String name) {
            this.name = name;
        }

        @Override
        public BackendDescriptor descriptor() {
            return new BackendDescriptor(name, "m", 100, Optional.empty());
        }

        @Override
        public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
            calls++;
            return events;
        }
    }

    private static final class ManualClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
