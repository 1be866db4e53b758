package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class ProblemsTest {
    private static final Pattern COLUMN =
            Pattern.compile("(\\d)([+*-])(\\d)([+-])(\\d)=(\\d)(\\d)(?= )");
    private static final Pattern OPERATION = Pattern.compile("([+*-])(\\d+)");

    @ParameterizedTest
    @EnumSource(value = Task.class, names = "OTHER", mode = Mode.EXCLUDE)
    void answersAsBigIntegersDo(Task task) {
        assertThat(drawn(task, false, 500))
                .allSatisfy(problem ->
                        assertThat(new BigInteger(problem.answer()))
                                .isEqualTo(value(problem.key())));
    }

    @ParameterizedTest
    @EnumSource(value = Task.class, names = "OTHER", mode = Mode.EXCLUDE)
    void worksTowardsTheVeryAnswer(Task task) {
        assertThat(drawn(task, false, 500))
                .allSatisfy(
                        problem -> assertThat(problem.working()).endsWith("=" + problem.answer()));
    }

    @ParameterizedTest
    @EnumSource(value = Task.class, names = "OTHER", mode = Mode.EXCLUDE)
    void writesOnlyColumnsThatAreTrue(Task task) {
        assertThat(drawn(task, false, 500).flatMap(ProblemsTest::columns))
                .allSatisfy(column -> {
                    var signed = value(column.substring(0, column.indexOf('='))).intValueExact();
                    var carry = column.charAt(column.length() - 2) - '0';
                    var digit = column.charAt(column.length() - 1) - '0';
                    var borrowed = column.indexOf('-') == 1;
                    assertThat(borrowed ? digit - 10 * carry : digit + 10 * carry)
                            .isEqualTo(signed);
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = Task.class,
            names = {"SUM", "DIFFERENCE", "CHAIN", "PRODUCT", "STORIES"})
    void sharesNoOperandsBetweenTheSplits(Task task) {
        var trained = new HashSet<>(drawn(task, false, 3000).map(Problem::key).toList());

        assertThat(drawn(task, true, 3000).map(Problem::key)).doesNotContainAnyElementsOf(trained);
    }

    @Test
    void holdsWordingsOfTheTableOut() {
        var trained = new HashSet<>(drawn(Task.TABLE, false, 3000).map(Problem::prompt).toList());

        assertThat(drawn(Task.TABLE, true, 3000).map(Problem::prompt))
                .doesNotContainAnyElementsOf(trained);
    }

    @Test
    void staysAboveZeroInChains() {
        assertThat(drawn(Task.CHAIN, true, 2000))
                .allSatisfy(problem -> assertThat(problem.working()).doesNotContain("neg"));
        assertThat(drawn(Task.BELOW_ZERO, true, 2000))
                .allSatisfy(problem -> assertThat(problem.working()).contains("neg"));
    }

    @Test
    void declinesTextsOfOneSplitOnly() {
        var outside = Outside.of(IntStream.range(0, 500).mapToObj(n -> "Text " + n).toList());
        var random = new SplittableRandom(1);
        var trained =
                Stream.generate(() -> outside.draw(false, 300, random).prompt())
                        .limit(3000)
                        .toList();

        assertThat(Stream.generate(() -> outside.draw(true, 300, random).prompt()).limit(1000))
                .doesNotContainAnyElementsOf(trained);
    }

    private static Stream<Problem> drawn(Task task, boolean heldOut, int count) {
        var random = new SplittableRandom(42);
        return Stream.generate(() -> Problems.draw(task, heldOut, random)).limit(count);
    }

    private static Stream<String> columns(Problem problem) {
        return COLUMN.matcher(problem.working()).results().map(found -> found.group());
    }

    /// The value of operands joined by operators, where the only product comes first.
    private static BigInteger value(String expression) {
        var first = expression.split("[+*-]", 2)[0];
        var value = new BigInteger(first);
        var operations = OPERATION.matcher(expression.substring(first.length()));
        while (operations.find()) {
            var operand = new BigInteger(operations.group(2));
            value =
                    switch (operations.group(1)) {
                        case "+" -> value.add(operand);
                        case "-" -> value.subtract(operand);
                        default -> value.multiply(operand);
                    };
        }
        return value;
    }
}
