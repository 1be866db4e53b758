package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.Classification;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LabelsTest {

    private final ScriptedClassifier classifier = new ScriptedClassifier();
    private final LearningMetrics metrics =
            new LearningMetrics(new SimpleMeterRegistry(), () -> Instant.EPOCH);
    private final Labels labels = new Labels(classifier, metrics, () -> Instant.EPOCH);

    @Test
    void keepsTheOrderAndLearnsWhatIsLeftBeforeItCloses() {
        var order = new ArrayList<Integer>();
        for (var i = 0; i < 500; i++) {
            var number = i;
            labels.later(() -> order.add(number));
        }

        labels.close();

        assertThat(order).hasSize(500).isSorted();
    }

    @Test
    void isNotInterruptedWhereAClientGivesUp() throws Exception {
        var begun = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var interrupted = new AtomicBoolean();
        var waiting =
                labels.inTurn(
                                () -> {
                                    begun.countDown();
                                    try {
                                        released.await();
                                    } catch (InterruptedException _) {
                                        interrupted.set(true);
                                    }
                                    return 1;
                                })
                        .subscribe();
        begun.await();

        waiting.dispose();
        released.countDown();
        labels.close();

        assertThat(interrupted).isFalse();
    }

    @Test
    void passesOnWhatGoesWrongAndGoesOn() {
        var bug = new IllegalStateException("disk full");

        assertThatThrownBy(() -> labels.inTurn(() -> fail(bug)).block()).isSameAs(bug);
        assertThat(labels.inTurn(() -> 2).block()).isEqualTo(2);
        labels.close();
    }

    @Test
    void refusesWhatIsTooMuch() throws Exception {
        var released = new CountDownLatch(1);
        labels.later(() -> await(released));
        for (var i = 0; i < 1_001; i++) {
            labels.later(() -> {});
        }

        assertThatThrownBy(() -> labels.inTurn(() -> 1).block())
                .isInstanceOfSatisfying(
                        FailureException.class,
                        it -> assertThat(it.failure()).isInstanceOf(Failure.Overloaded.class));
        released.countDown();
        labels.close();
    }

    @Test
    void learnsNothingOfWhatHasNoTrace() {
        var blank = new Asked(new RequestId("r"), "a", Classification.Scored.of(0.5, List.of()));

        labels.learn(blank, Side.FAST.label(1, Origin.FEEDBACK, 1));

        assertThat(classifier.lessons()).isEmpty();
        labels.close();
    }

    private static int fail(RuntimeException bug) {
        throw bug;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
