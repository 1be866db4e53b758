package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgreementTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42 | So it is \\boxed{42}.",
                "First \\boxed{1}, no: \\boxed{\\text{Paris}} | **Answer:** paris.",
                "The answer is 1,234,567. | \\boxed{1{,}234{,}567}",
                "Answer: $\\dfrac{1}{2}$ | the answer is 0.5",
                "\\boxed{\\frac{3}{4}} | 6/8",
                "\\boxed{-\\frac12} | -0.50",
                "\\boxed{x^2 + 1} | \\boxed{ x^2+1 }",
                "\\boxed{f(\\frac{1}{2})} | \\boxed{f(\\frac{1}{2})}",
                "B | (b)",
                "Answer: C) the third one | The answer is C.",
                "It is 42. | 42",
                "= 17 | 17.0",
                "50% | Answer: 50 \\%",
                "'{\"a\": 1.0, \"b\": [true]}' | '{\"b\":[true],\"a\":1}'",
                "The answer is the Nile. | Answer: Nile",
                "\\boxed{90^\\circ} | 90",
                "−5 | -5",
            })
    void isSame(String one, String other) {
        assertThat(Agreement.of(one, other)).isEqualTo(Agreement.SAME);
        assertThat(Agreement.of(other, one)).isEqualTo(Agreement.SAME);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42 | 43",
                "A | B",
                "Answer: Paris | Answer: Lyon",
                "7266 | The answer is 7,267.",
                "'{\"a\": 1}' | '{\"a\": 2}'",
                "[1, 2] | [2, 1]",
                "'{\"a\": \"yes\", \"b\": null}' | '{\"a\": \"no\", \"b\": null}'",
                "'{\"a\": true}' | '{\"a\": \"true\"}'",
                "\\boxed{\\frac{1}{3}} | \\boxed{\\frac{2}{3}}",
            })
    void isDifferent(String one, String other) {
        assertThat(Agreement.of(one, other)).isEqualTo(Agreement.DIFFERENT);
        assertThat(Agreement.of(other, one)).isEqualTo(Agreement.DIFFERENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42 | I do not know.",
                "Answer: Paris | Answer: Paris in France",
                "\\boxed{x + 1} | \\boxed{1 + x}",
                "B | Answer: Paris",
                "0.333 | 1/3",
                "The answer is that it depends on you. | The answer is yes.",
                "'{\"a\": 1, \"why\": \"since it is so there\"}' | '{\"a\": 2, \"why\": \"as it is\"}'",
                "'{\"a\": 1}' | '{\"b\": 1}'",
                "[1, 2] | [1, 2, 3]",
                "There were 3 of them in 1999. | There were 4 of them in 1999.",
                "'```java\\nint x = 1;\\n```' | '```java\\nint x = 2;\\n```'",
                "'```\\n42\\n```' | 42",
                "\\boxed{} | 42",
                "\\boxed{1/0} | \\boxed{2/0}",
                "Once upon a time there was a king. | Long ago there lived a queen.",
            })
    void isUndecided(String one, String other) {
        assertThat(Agreement.of(one, other)).isEqualTo(Agreement.UNDECIDED);
        assertThat(Agreement.of(other, one)).isEqualTo(Agreement.UNDECIDED);
    }

    @Test
    void looksAtTheLastAnswer() {
        var text = "The answer is 3?\nNo.\nFinal answer: 5\nThat is all.";

        assertThat(Agreement.of(text, "5")).isEqualTo(Agreement.SAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"answer: ", "answer is \n\n", "\\boxed{", "1,", "{", "[", "a ", "\\frac{"})
    @Timeout(5)
    void isQuickWithWhatIsLong(String piece) {
        var text = piece.repeat(256 * 1024 / piece.length());

        assertThat(Agreement.of(text, text + "x")).isNotNull();
        assertThat(Agreement.of("answer" + " ".repeat(200_000) + piece, text)).isNotNull();
    }
}
