package io.pointsman.classifier.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/// Outcomes of a pair whose fast model knows small sums and tables only.
final class ArithmeticRows {

    private static final List<List<String>> ASKED =
            List.of(
                    List.of("What is %s?", "Compute %s.", "%s", "How much is %s?", "Solve: %s"),
                    List.of("Tell me %s", "%s = ?", "Could you work out %s for me?", "I need %s"));

    private static final List<List<String>> ONE_STEP =
            List.of(
                    List.of(
                            "Tom has %d apples and buys %d more. How many apples does Tom have?",
                            "There are %d boxes with %d pens each. How many pens are there?",
                            "Anna had %d coins and lost %d. How many are left?"),
                    List.of(
                            "A bus carries %d people and %d get off. How many stay?",
                            "Max read %d pages on Monday and %d on Tuesday. How many in all?"));

    private static final List<List<String>> TWO_STEPS =
            List.of(
                    List.of(
                            "A shop has %d boxes with %d pens each. It sells %d pens. How many are left?",
                            "Tom has %d apples, buys %d more and gives away %d. How many does he have?"),
                    List.of(
                            "There are %d rows of %d chairs and %d chairs in the hall. How many chairs are there?",
                            "A train carries %d people. %d get on and %d get off. How many are on it?"));

    private static final List<String> CHAT =
            List.of("hello", "Tell me a joke", "Who are you?", "Write a poem about rain", "thanks");

    private final RandomGenerator random;
    private final int phrasing;

    private ArithmeticRows(RandomGenerator random, int phrasing) {
        this.random = random;
        this.phrasing = phrasing;
    }

    /// `count` rows, in one of two disjoint sets of phrasings.
    static List<Outcome> draw(int count, int phrasing, RandomGenerator random) {
        var rows = new ArrayList<Outcome>();
        var source = new ArithmeticRows(random, phrasing);
        for (int i = 0; i < count; i++) {
            rows.add(i % 2 == 0 ? source.easy() : source.hard());
        }
        return rows;
    }

    private Outcome easy() {
        return switch (random.nextInt(5)) {
            case 0 -> row("sum", asked(small() + sign("+-") + small()), 1);
            case 1 -> row("table", asked(random.nextInt(13) + sign("*×x") + random.nextInt(13)), 1);
            case 2 -> row("story", pick(ONE_STEP.get(phrasing)).formatted(small(), small()), 1);
            case 3 -> row("word", asked(small() + " plus " + small()), 1);
            default -> row("chat", pick(CHAT), 1);
        };
    }

    private Outcome hard() {
        return switch (random.nextInt(3)) {
            case 0 -> row("chain", asked(large() + sign("+-") + large() + sign("+-") + large()), 0);
            case 1 ->
                    row(
                            "product",
                            asked(
                                    random.nextInt(100, 1000)
                                            + sign("*×x")
                                            + random.nextInt(10, 100)),
                            0);
            default ->
                    row(
                            "stories",
                            pick(TWO_STEPS.get(phrasing))
                                    .formatted(
                                            random.nextInt(100, 1000),
                                            random.nextInt(3, 100),
                                            random.nextInt(10, 1000)),
                            0);
        };
    }

    private Outcome row(String task, String prompt, double weak) {
        return new Outcome("", "arithmetic", task, prompt, weak, 1, OptionalInt.empty());
    }

    private String asked(String expression) {
        return pick(ASKED.get(phrasing)).formatted(expression);
    }

    private String sign(String signs) {
        var sign = signs.charAt(random.nextInt(signs.length()));
        return random.nextInt(4) == 0 && sign != 'x' ? "" + sign : " " + sign + " ";
    }

    private int small() {
        return random.nextInt(100);
    }

    private int large() {
        return random.nextInt(100, 10_000);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
