package io.pointsman.gateway.learning;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Hands labels to the classifier one after another, on a thread of its own since the classifier
/// may write to a file, and counts them. Thread-safe.
final class Labels implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Labels.class);

    private static final int WAITING = 1_000;
    private static final int IDLE_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LearningClassifier classifier;
    private final LearningMetrics metrics;
    private final InstantSource clock;
    private final Scheduler thread =
            Schedulers.newBoundedElastic(1, WAITING, "labels", IDLE_SECONDS, true);

    Labels(LearningClassifier classifier, LearningMetrics metrics, InstantSource clock) {
        this.classifier = classifier;
        this.metrics = metrics;
        this.clock = clock;
    }

    /// What `lesson` says, which may [#learn], in its turn. Giving it up does not interrupt it: a
    /// channel that is written to would close.
    <T> Mono<T> inTurn(Supplier<T> lesson) {
        return Mono.create(sink -> {
            try {
                thread.schedule(() -> {
                    try {
                        sink.success(lesson.get());
                    } catch (RuntimeException failed) {
                        sink.error(failed);
                    }
                });
            } catch (RejectedExecutionException _) {
                sink.error(tooMany());
            }
        });
    }

    private static FailureException tooMany() {
        return new FailureException(
                new Failure.Overloaded(
                        "too much feedback at once: send it again in a second",
                        Duration.ofSeconds(1)));
    }

    /// Has `lesson`, which may [#learn], done in its turn; leaves it out where too many wait.
    void later(Runnable lesson) {
        try {
            thread.schedule(lesson);
        } catch (RejectedExecutionException _) {
            LOG.debug("too many labels wait, so one was left out");
        }
    }

    /// Has the classifier learn `label` of the request `asked`, as far as it counts.
    void learn(Asked asked, Label label) {
        if (asked.basis().isEmpty()) {
            return;
        }
        var basis = asked.basis().get();
        asked.counting(label)
                .ifPresent(counting -> {
                    var now = clock.instant();
                    classifier.learn(
                            asked.outcome(basis), asked.tenant(), basis.trace(), counting, now);
                    metrics.learned(basis.chances(), counting, now);
                });
    }

    /// Waits a while for what is left to learn.
    @Override
    public void close() {
        thread.disposeGracefully().timeout(PATIENCE).onErrorComplete().block();
    }
}
