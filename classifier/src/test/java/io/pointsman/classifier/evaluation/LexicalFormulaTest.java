package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexicalFormulaTest {

    private static final String PLAIN = " in the garden behind the old house by the quiet river";

    /// Every prompt is longer than 15 tokens and shorter than 400 unless it says otherwise.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Tell me of trees                                    | 0
                    Hello, tell me of trees and of birds                | -0.05
                    Write a function                                    | 0.15
                    Write a function in python                          | 0.30
                    Write a function function function                  | 0.15
                    The classical functional apiary                     | 0
                    Go step by step                                     | 0.175
                    Mind the latency                                    | 0
                    Mind the latency and throughput                     | 0.125
                    Mind latency, throughput, concurrency, encryption   | 0.25
                    First dig and then plant                            | 0.015
                    Then dig, first of all                              | 0
                    Do 1. dig 2. plant                                  | 0.015
                    Who? Where? Why? When?                              | 0.01
                    """)
    void dimensionsAddUp(String prompt, double score) {
        assertThat(LexicalFormula.score(prompt + PLAIN)).isCloseTo(score, within(1e-12));
    }

    @Test
    void lengthCountsAtTheEndsOnly() {
        assertThat(LexicalFormula.score("Trees")).isCloseTo(-0.1, within(1e-12));
        assertThat(LexicalFormula.score("tree ".repeat(321))).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void twoReasoningPhrasesGoAboveAllElse() {
        var reasoning = LexicalFormula.score("Step by step, with pros and cons" + PLAIN);
        var all =
                LexicalFormula.score(
                        "A python function for latency, throughput, concurrency, encryption, 1. step by step"
                                + PLAIN.repeat(40));

        assertThat(reasoning).isGreaterThan(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"first ", "1", "step ", "a)", "function", "\u0000", "step\t\t\t"})
    void takesTimeInProportionToAPrompt(String piece) {
        var prompt = piece.repeat(1_000_000 / piece.length());

        Assertions.assertTimeout(Duration.ofSeconds(5), () -> LexicalFormula.score(prompt));
    }
}
