package io.pointsman.backends.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.api.BackendLoad;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoadTrackerTest {

    private long nanos = 1_000;
    private final LoadTracker tracker = new LoadTracker(() -> nanos);

    @Test
    void knowsNothingBeforeTheFirstCall() {
        assertThat(load()).isEqualTo(BackendLoad.IDLE);
    }

    @Test
    void jumpsToPeaksAndForgetsThemOverTenSeconds() {
        call(100);
        call(1_000);
        assertThat(load().firstTokenMillis()).isEqualTo(1_000);

        pass(10_000);
        call(100);

        assertThat(load().firstTokenMillis())
                .isCloseTo(1_000 * Math.exp(-1.01) + 100 * (1 - Math.exp(-1.01)), within(1e-6));
    }

    @Test
    void isLessAndLessCertainWhileNobodyCalls() {
        call(500);
        assertThat(load().certainty()).isEqualTo(1);

        pass(10_000);

        assertThat(load().certainty()).isCloseTo(Math.exp(-1), within(1e-9));
        assertThat(load().firstTokenMillis()).isEqualTo(500);
    }

    @Test
    void tellsHowLongCallsWaitInVain() {
        tracker.begin();
        pass(3_000);
        tracker.begin();
        pass(1_000);
        assertThat(load().waitingMillis()).isEqualTo(4_000);

        tracker.firstToken(TimeUnit.SECONDS.toNanos(4));
        pass(500);
        assertThat(load().waitingMillis()).isEqualTo(500);

        tracker.end(true);
        tracker.end(false);
        assertThat(load().waitingMillis()).isZero();
        assertThat(load().inFlight()).isZero();
    }

    @Test
    void doesNotTakeALongStreamForAHang() {
        call(100);
        tracker.begin();
        tracker.firstToken(TimeUnit.MILLISECONDS.toNanos(100));

        pass(600_000);

        assertThat(load().waitingMillis()).isZero();
        assertThat(load().inFlight()).isEqualTo(1);
    }

    @Test
    void keepsWhatCallsThatWereGivenUpHadWaited() {
        call(100);
        for (int i = 0; i < 3; i++) {
            tracker.begin();
            pass(5_000);
            tracker.end(false);
        }

        assertThat(load().firstTokenMillis()).isEqualTo(5_000);
        assertThat(load().certainty()).isEqualTo(1);
    }

    @Test
    void doesNotTakeAFailureAtOnceForSpeed() {
        tracker.begin();
        pass(1);
        tracker.trouble();
        tracker.end(false);

        assertThat(load()).isEqualTo(BackendLoad.IDLE);
        assertThat(tracker.tally()).isEqualTo(new LoadTracker.Tally(0, 1, 1));
    }

    @Test
    void countsTroublesInARow() {
        for (int i = 0; i < 4; i++) {
            tracker.begin();
            tracker.trouble();
            tracker.end(false);
        }
        assertThat(tracker.tally()).isEqualTo(new LoadTracker.Tally(0, 4, 4));

        call(10);

        assertThat(tracker.tally()).isEqualTo(new LoadTracker.Tally(1, 4, 0));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void endsWithNothingInFlightAndNothingWaiting(int seed) {
        var random = new Random(seed);
        int begun = 0;
        int waiting = 0;
        int shown = 0;
        for (int i = 0; i < 500; i++) {
            pass(random.nextInt(2_000));
            switch (random.nextInt(3)) {
                case 0 -> {
                    tracker.begin();
                    begun++;
                    waiting++;
                }
                case 1 -> {
                    if (waiting > 0) {
                        tracker.firstToken(random.nextInt(1_000_000));
                        waiting--;
                        shown++;
                    }
                }
                default -> {
                    if (shown > 0) {
                        tracker.end(true);
                        shown--;
                        begun--;
                    } else if (waiting > 0) {
                        tracker.end(false);
                        waiting--;
                        begun--;
                    }
                }
            }
            var load = load();
            assertThat(load.inFlight()).isEqualTo(begun);
            assertThat(load.certainty()).isBetween(0.0, 1.0);
            assertThat(load.waitingMillis() > 0).isIn(false, waiting > 0);
        }
        for (; waiting > 0; waiting--) {
            tracker.end(false);
        }
        for (; shown > 0; shown--) {
            tracker.end(true);
        }
        assertThat(load().inFlight()).isZero();
        assertThat(load().waitingMillis()).isZero();
    }

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    private void call(long millis) {
        tracker.begin();
        pass(millis);
        tracker.firstToken(TimeUnit.MILLISECONDS.toNanos(millis));
        tracker.end(true);
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private BackendLoad load() {
        return tracker.load(Optional.empty(), 1, 0, 0, 0);
    }
}
