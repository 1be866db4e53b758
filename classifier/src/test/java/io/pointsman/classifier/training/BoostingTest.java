package io.pointsman.classifier.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.classifier.features.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BoostingTest {

    @Test
    void findsAStepThatNoLineFits() {
        var trees = new Boosting(examples(800, BoostingTest::step, 1)).fit();

        double error = 0;
        for (var example : examples(200, BoostingTest::step, 2)) {
            error += Math.abs(trees.of(example.features()) - example.target());
        }
        assertThat(error / 200).isLessThan(0.1);
    }

    @Test
    void noiseGivesNextToNothing() {
        var random = new Random(3);
        var trees = new Boosting(examples(800, _ -> random.nextDouble() - 0.5, 4)).fit();

        double moved = 0;
        for (var example : examples(200, _ -> 0, 5)) {
            moved += Math.abs(trees.of(example.features()));
        }
        assertThat(moved / 200).isLessThan(0.12);
    }

    @Test
    void oneRowIsItsOwnMean() {
        var examples = examples(1, _ -> 0.7, 6);

        assertThat(new Boosting(examples).fit().of(examples.getFirst().features()))
                .isCloseTo(0.7, org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void repeatsItself() {
        var examples = examples(300, BoostingTest::step, 7);

        assertThat(new Boosting(examples).fit())
                .usingRecursiveComparison()
                .isEqualTo(new Boosting(examples).fit());
    }

    /// Hard between 20 and 60 words.
    private static double step(Features features) {
        float words = features.of(io.pointsman.classifier.features.Structure.WORDS);
        return words > 20 && words < 60 ? 1 : 0;
    }

    private static List<Example> examples(int count, ToDoubleFunction<Features> target, long seed) {
        var random = new Random(seed);
        var examples = new ArrayList<Example>();
        for (int i = 0; i < count; i++) {
            var text = "word ".repeat(1 + random.nextInt(90)) + "?".repeat(random.nextInt(3));
            var features = Example.features(text).orElseThrow();
            examples.add(new Example(features, target.applyAsDouble(features), 1));
        }
        return examples;
    }
}
