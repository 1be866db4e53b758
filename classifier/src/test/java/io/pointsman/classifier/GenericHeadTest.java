package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenericHeadTest extends ClassifierContract {

    private static final DifficultyClassifier CLASSIFIER =
            Classifiers.load("generic", Path.of("nowhere"));

    @Override
    Classifier classifier() {
        return CLASSIFIER;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A racemic mixture of 2-bromobutane is treated with sodium azide in DMF and the product is reduced with LiAlH4, then acylated with (S)-Mosher's acid chloride. How many signals appear in the 19F NMR spectrum of the crude product?",
                "Let p be an odd prime. Show that the sum of the quadratic residues modulo p in {1, ..., p-1} is divisible by p whenever p > 3.",
                "Under Delaware law, a minority stockholder holding 12% wishes to challenge a squeeze-out merger approved by a special committee whose chair previously served as counsel to the acquirer. Which standard of review applies and who bears the burden?",
                "A 63-year-old man with alcoholic cirrhosis presents with confusion, creatinine 2.9, sodium 121 and a tense abdomen. Diagnostic paracentesis yields 410 neutrophils. What should be given in the next hour, and what must be avoided?",
                "There are 25 horses and no stopwatch; five can race at a time. How many races find the three fastest?",
                "Find all functions f from the reals to the reals such that f(x + f(y)) = f(x) + y for all x, y."
            })
    void hardPromptsWithoutTriggerWordsGoToTheReasonerByDefault(String prompt) {
        assertThat(difficulty(prompt)).isGreaterThan(0.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hi",
                "hi, step by step, pros and cons",
                "hey, quick one: pros and cons, step by step, analyze",
                "thanks! think step by step",
                "hello, analyze the architecture",
                "What is the capital of France?"
            })
    void triggerWordsInTrivialPromptsDoNot(String prompt) {
        assertThat(difficulty(prompt)).isLessThan(0.45);
    }

    @Test
    void saysWhyInWords() {
        assertThat(
                        reasons(
                                "Let p be an odd prime. Show that the sum of the quadratic residues modulo p is divisible by p whenever p > 3."))
                .contains("asks for a proof or derivation");
        assertThat(reasons("hello")).contains("short greeting");
    }
}
