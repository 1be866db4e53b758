package io.pointsman.backends;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.Failure;
import io.pointsman.api.Failure.Deadline;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class WatchdogTest {

    private static final ChunkWriter WRITER = new ChunkWriter("id", 0, "m");
    private static final ChatEvent TOKEN = WRITER.content("a");
    private static final ChatEvent FINISHED = new ChatEvent.Finished(FinishReason.STOP, Usage.NONE);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final TestPublisher<ChatEvent> backend = TestPublisher.create();
    private final Reader reader = new Reader(Long.MAX_VALUE);
    private Watchdog.@Nullable Watch watched;

    @Test
    void t21_cutsWhatIsNotConnectedInTime() {
        watch(reader, false);

        pass(Duration.ofMillis(1999));
        assertThat(reader.failures).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(reader.deadline()).isEqualTo(Deadline.CONNECT);
        backend.assertCancelled();
    }

    @Test
    void t21_cutsWhatShowsNoToken() {
        watch(reader, true);
        pass(Duration.ofSeconds(10));
        backend.next(WRITER.role(0));

        pass(Duration.ofMillis(49_999));
        assertThat(reader.failures).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(reader.deadline()).isEqualTo(Deadline.FIRST_TOKEN);
        backend.assertCancelled();
    }

    @Test
    void t21_cutsWhatFallsSilentBetweenTokens() {
        watch(reader, true);
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(19));
            backend.next(TOKEN);
        }

        pass(Duration.ofMillis(19_999));
        assertThat(reader.failures).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(reader.deadline()).isEqualTo(Deadline.BETWEEN_TOKENS);
        backend.assertCancelled();
    }

    @Test
    void t21_cutsASilenceAfterAFirstTokenThatCameLate() {
        watch(reader, true);
        pass(Duration.ofMillis(20_001));
        backend.next(TOKEN);

        pass(Duration.ofMillis(19_999));
        assertThat(reader.failures).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(reader.deadline()).isEqualTo(Deadline.BETWEEN_TOKENS);
    }

    @Test
    void t21_leavesAHealthyStreamOfTwentyMinutesAlone() {
        watch(reader, true);
        for (int i = 0; i < 80; i++) {
            pass(Duration.ofSeconds(15));
            backend.next(TOKEN);
        }
        backend.next(FINISHED);
        pass(Duration.ofHours(1));
        backend.complete();

        assertThat(reader.failures).isEmpty();
        assertThat(reader.events).hasSize(81);
        assertThat(reader.completed).isTrue();
    }

    @Test
    void t06_doesNotTakeASlowReaderForAStalledBackend() {
        var slow = new Reader(1);
        watch(slow, true);
        backend.next(TOKEN);

        pass(Duration.ofHours(1));
        assertThat(slow.failures).isEmpty();
        slow.request(1);
        pass(Duration.ofMillis(19_999));
        assertThat(slow.failures).isEmpty();
        pass(Duration.ofSeconds(20));

        assertThat(slow.deadline()).isEqualTo(Deadline.BETWEEN_TOKENS);
    }

    @Test
    void hasNoTimerLeftAfterTheEnd() {
        watch(reader, true);
        backend.next(TOKEN, FINISHED);
        backend.complete();

        pass(Duration.ofDays(1));

        assertThat(reader.failures).isEmpty();
    }

    @Test
    void countsTheSilenceFromWhenTheAttemptSaysThatEventsHaveCome() {
        watch(reader, true);
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(19));
            watched().came();
            backend.next(TOKEN, TOKEN);
        }

        pass(Duration.ofMillis(19_999));
        assertThat(reader.failures).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(reader.deadline()).isEqualTo(Deadline.BETWEEN_TOKENS);
    }

    @Test
    void doesNotTakeASlowReaderForAStalledBackendThatHadSaidWhatCame() {
        var slow = new Reader(1);
        watch(slow, true);
        watched().came();
        backend.next(TOKEN);

        pass(Duration.ofHours(1));
        assertThat(slow.failures).isEmpty();
        slow.request(2);
        backend.next(TOKEN);
        pass(Duration.ofMillis(19_999));
        assertThat(slow.failures).isEmpty();
        pass(Duration.ofSeconds(20));

        assertThat(slow.deadline()).isEqualTo(Deadline.BETWEEN_TOKENS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void t21_cutsExactlyTheFirstGapThatIsTooLong(long seed) {
        var random = new Random(seed);
        watch(reader, true);
        backend.next(TOKEN);
        int passed = 1;
        while (reader.failures.isEmpty()) {
            int gap = random.nextInt(1, 25);
            pass(Duration.ofSeconds(gap));
            assertThat(reader.failures).hasSize(gap >= 20 ? 1 : 0);
            if (gap < 20) {
                backend.next(TOKEN);
                passed++;
            }
        }

        assertThat(reader.events).hasSize(passed);
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private void watch(Reader subscriber, boolean connected) {
        new Watchdog(
                        "b",
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(20),
                        time,
                        () -> time.now(TimeUnit.NANOSECONDS))
                .watch(watch -> {
                    watched = watch;
                    if (connected) {
                        watch.connected();
                    }
                    return backend.flux();
                })
                .subscribe(subscriber);
    }

    private Watchdog.Watch watched() {
        return Objects.requireNonNull(watched);
    }

    private void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    private static final class Reader extends BaseSubscriber<ChatEvent> {
        private final long first;
        private final List<ChatEvent> events = new ArrayList<>();
        private final List<Failure> failures = new ArrayList<>();
        private boolean completed;

        private Reader(long first) {
            this.first = first;
        }

        private Deadline deadline() {
            assertThat(failures).hasSize(1);
            return ((Failure.TimedOut) failures.getFirst()).deadline();
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(first);
        }

        @Override
        protected void hookOnNext(ChatEvent event) {
            events.add(event);
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            failures.add(((FailureException) thrown).failure());
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }
    }
}
