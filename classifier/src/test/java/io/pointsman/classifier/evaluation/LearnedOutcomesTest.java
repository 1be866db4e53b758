package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.PromptTrace;
import io.pointsman.classifier.training.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LearnedOutcomesTest {

    private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");

    @Test
    void everyRowIsALabelForAllTenants() {
        var classifier = new Pupil();
        var rows = List.of(Rows.row("same", 0.25, 1), Rows.row("same", 1, 0.5));

        int learned = LearnedOutcomes.learn(classifier, rows, NOW);

        assertThat(learned).isEqualTo(2);
        assertThat(classifier.lessons.stream().map(Lesson::id)).doesNotHaveDuplicates();
        assertThat(classifier.lessons)
                .allMatch(lesson -> lesson.tenant.isEmpty() && lesson.now.equals(NOW));
        assertThat(classifier.lessons.stream().map(Lesson::label))
                .containsExactly(
                        Label.ofBoth(0.25, 1, Label.Origin.FILE, 1),
                        Label.ofBoth(1, 0.5, Label.Origin.FILE, 1));
        assertThat(classifier.lessons.getFirst().trace.hash()).isEqualTo("prompt same".hashCode());
    }

    @Test
    void whatLeavesNoTraceIsPassedOver() {
        var classifier = new Pupil();
        var blank = new Outcome("a", "", "", "...", 0, 1, OptionalInt.empty());

        assertThat(LearnedOutcomes.learn(classifier, List.of(blank), NOW)).isZero();
        assertThat(classifier.lessons).isEmpty();
    }

    private record Lesson(String id, String tenant, PromptTrace trace, Label label, Instant now) {}

    /// Writes down what it is taught; cannot judge dots.
    private static final class Pupil implements LearningClassifier {

        private final List<Lesson> lessons = new ArrayList<>();

        @Override
        public Classification classify(ChatRequest request) {
            var prompt = request.messages().getFirst().text();
            if (prompt.equals("...")) {
                return new Classification.Unknown(Classification.Cause.NO_TEXT);
            }
            PromptTrace trace = prompt::hashCode;
            return new Classification.Scored(
                    0.5,
                    Classification.Certainty.of(
                            new Classification.Interval(0.5, 0.5), Classification.Novelty.NONE),
                    new Classification.Chances(0.5, 1),
                    OptionalInt.empty(),
                    List.of(),
                    Optional.of(trace));
        }

        @Override
        public void advance(Instant now) {}

        @Override
        public void learn(String id, String tenant, PromptTrace trace, Label label, Instant now) {
            lessons.add(new Lesson(id, tenant, trace, label, now));
        }
    }
}
