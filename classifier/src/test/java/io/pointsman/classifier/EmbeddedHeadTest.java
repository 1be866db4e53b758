package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedHeadTest extends ClassifierContract {

    private static final DifficultyClassifier CLASSIFIER =
            Classifiers.load("embedded", Path.of("nowhere"));

    @Override
    Classifier classifier() {
        return CLASSIFIER;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What is 7 + 5?",
                "9 times 8",
                "Compute 61 - 17.",
                "Tom has 12 apples and buys 7 more. How many apples does Tom have now?",
                "hello",
                "hi, step by step, pros and cons"
            })
    void whatTheFastModelCanIsEasy(String prompt) {
        assertThat(difficulty(prompt)).isLessThan(0.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "What is 4738 + 2915 - 386?",
                "Compute 523 * 47.",
                "what is 812 minus 377 plus 4906",
                "A shop has 48 boxes with 7 pens each. It sells 119 pens. How many pens are left?"
            })
    void whatItCannotIsHard(String prompt) {
        assertThat(difficulty(prompt)).isGreaterThan(0.5);
    }

    @Test
    void saysWhyInWords() {
        assertThat(reasons("What is 4738 + 2915 - 3861?"))
                .anyMatch(reason -> reason.matches("three (numbers|operands) of .*four digits"));
    }
}
