package io.pointsman.classifier.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.classifier.features.Domain;
import io.pointsman.classifier.features.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RidgeRegressionTest {

    @Test
    void fitsWhatIsALineInTheFeatures() {
        var model =
                new RidgeRegression(examples(400, f -> f.ngrams().length / 40.0, 1), 0.01).fit();

        for (var example : examples(50, f -> f.ngrams().length / 40.0, 2)) {
            assertThat(model.of(example.features())).isCloseTo(example.target(), within(0.15));
        }
    }

    @Test
    void aStrongPenaltyLeavesTheMean() {
        var examples = examples(100, f -> f.ngrams().length / 40.0, 3);
        double mean = examples.stream().mapToDouble(Example::target).average().orElseThrow();

        var model = new RidgeRegression(examples, 1e9).fit();

        assertThat(model.of(examples.getFirst().features())).isCloseTo(mean, within(1e-3));
    }

    @Test
    void whatIsHardInOneDomainNeedNotBeInAnother() {
        ToDoubleFunction<Features> target =
                f ->
                        f.domain() == Domain.MULTIPLE_CHOICE
                                ? 1 - f.ngrams().length / 60.0
                                : f.ngrams().length / 60.0;
        var model = new RidgeRegression(examples(600, target, 4), 0.05).fit();

        double error = 0;
        for (var example : examples(100, target, 5)) {
            error += Math.abs(model.of(example.features()) - example.target());
        }
        assertThat(error / 100).isLessThan(0.12);
    }

    private static List<Example> examples(int count, ToDoubleFunction<Features> target, long seed) {
        var random = new Random(seed);
        var examples = new ArrayList<Example>();
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder("Which");
            int words = random.nextInt(20);
            for (int j = 0; j < words; j++) {
                text.append(' ').append((char) ('b' + j)).append("ord");
            }
            if (random.nextBoolean()) {
                text.append("?\nA. one\nB. two\nC. three\nD. four");
            }
            var features = Example.features(text.toString()).orElseThrow();
            examples.add(new Example(features, target.applyAsDouble(features), 1));
        }
        return examples;
    }
}
