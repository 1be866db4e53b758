package io.pointsman.classifier.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.classifier.Head;
import io.pointsman.classifier.evaluation.RoutingCurve;
import io.pointsman.classifier.evaluation.Scores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadTrainerTest {

    @Test
    void sendsEasyAndHardArithmeticTheRightWayForUnseenOperandsAndPhrasings() {
        var head = train(ArithmeticRows.draw(800, 0, new Random(1))).head();

        assertThat(rightShare(head, ArithmeticRows.draw(1_000, 0, new Random(2))))
                .isGreaterThan(0.98);
        assertThat(rightShare(head, ArithmeticRows.draw(1_000, 1, new Random(3))))
                .isGreaterThan(0.98);
    }

    @Test
    void theSameRowsGiveTheSameHead() {
        var rows = ArithmeticRows.draw(100, 0, new Random(4));

        var first = train(rows);
        var second = train(rows);

        assertThat(second.head()).usingRecursiveComparison().isEqualTo(first.head());
        assertThat(second.unseenGaps()).containsExactly(first.unseenGaps());
    }

    @Test
    void otherRowsGiveAnotherFingerprint() {
        var one = train(ArithmeticRows.draw(50, 0, new Random(5))).head().identity();
        var other = train(ArithmeticRows.draw(50, 0, new Random(6))).head().identity();

        assertThat(one.fingerprint()).isNotEqualTo(other.fingerprint());
    }

    @Test
    void gainsAreCalibratedWhereOutcomesAreNoisy() {
        var random = new Random(7);
        var rows = new ArrayList<Outcome>();
        for (var row : ArithmeticRows.draw(600, 0, random)) {
            double weak = random.nextDouble() < (row.weak() == 1 ? 0.9 : 0.4) ? 1 : 0;
            rows.add(
                    new Outcome(
                            row.id(),
                            row.source(),
                            row.task(),
                            row.prompt(),
                            weak,
                            1,
                            row.reasoningTokens()));
        }

        var result = train(rows);

        var gains = Scores.ofGaps(result.head(), result.unseenGaps()).gains();
        for (double weak : new double[] {0, 1}) {
            assertThat(mean(gains, result.rows(), weak == 1))
                    .isCloseTo(weak == 1 ? 0.1 : 0.6, within(0.1));
        }
    }

    @Test
    void noiseGivesNoSkill() {
        var rows = new ArrayList<>(ArithmeticRows.draw(400, 0, new Random(8)));
        var weak = new ArrayList<>(rows.stream().map(Outcome::weak).toList());
        Collections.shuffle(weak, new Random(9));
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            rows.set(
                    i,
                    new Outcome(
                            "",
                            row.source(),
                            row.task(),
                            row.prompt(),
                            weak.get(i),
                            1,
                            row.reasoningTokens()));
        }

        var result = train(rows);

        assertThat(RoutingCurve.of(result.rows(), result.unseenGaps()).apgr())
                .isCloseTo(0.5, within(0.1));
    }

    @Test
    void aFewRowsOfOneKindAreEnoughForAHead() {
        var head = train(ArithmeticRows.draw(2, 0, new Random(10)).subList(0, 1)).head();

        for (double difficulty :
                Scores.of(head, ArithmeticRows.draw(10, 0, new Random(11))).difficulties()) {
            assertThat(difficulty).isBetween(0.0, 1.0);
        }
    }

    private static HeadTrainer.Result train(List<Outcome> rows) {
        return new HeadTrainer(HeadTrainer.Settings.DEFAULT, _ -> {})
                .train(
                        "test",
                        new Outcomes("weak", "strong", rows),
                        List.of(),
                        OptionalDouble.empty());
    }

    private static double rightShare(Head head, List<Outcome> rows) {
        var difficulties = Scores.of(head, rows).difficulties();
        int right = 0;
        for (int i = 0; i < rows.size(); i++) {
            right += difficulties[i] >= 0.5 == rows.get(i).gap() >= 0.5 ? 1 : 0;
        }
        return (double) right / rows.size();
    }

    private static double mean(double[] gains, List<Outcome> rows, boolean easy) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < gains.length; i++) {
            boolean isEasy = !List.of("chain", "product", "stories").contains(rows.get(i).task());
            if (isEasy == easy) {
                sum += gains[i];
                count++;
            }
        }
        return sum / count;
    }
}
