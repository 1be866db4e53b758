package io.pointsman.lab.mini;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Draws arithmetic problems at random, each with its working and answer.
///
/// Which operands are held out is decided by a hash of them alone, so no phrasing of a held-out
/// problem is ever trained on. Immutable and thread-safe.
final class Problems {
    private static final int HELD_OUT_ONE_IN = 10;
    private static final Pattern TABLE = Pattern.compile("(\\d|1[0-2])\\*(\\d|1[0-2])");

    private Problems() {}

    /// A problem of this task from the training split, or from the held-out one.
    static Problem draw(Task task, boolean heldOut, RandomGenerator random) {
        while (true) {
            var problem = draw(task, random);
            if (heldOut(problem) == heldOut) {
                return problem;
            }
        }
    }

    /// Whether the problem must not be trained on.
    ///
    /// The times table is a closed set that nobody can infer: it is trained whole, and what is held
    /// out is the wording.
    static boolean heldOut(Problem problem) {
        return hashed(TABLE.matcher(problem.key()).matches() ? problem.prompt() : problem.key());
    }

    static boolean hashed(String key) {
        return Long.remainderUnsigned(hash(key), HELD_OUT_ONE_IN) == 0;
    }

    /// FNV-1a over the characters, folded.
    static long hash(String text) {
        var hash = 0xcbf29ce484222325L;
        for (var index = 0; index < text.length(); index++) {
            hash = (hash ^ text.charAt(index)) * 0x100000001b3L;
        }
        return hash ^ (hash >>> 32);
    }

    private static Problem draw(Task task, RandomGenerator random) {
        return switch (task) {
            case SUM -> sum(task, small(random), small(random), random);
            case DIFFERENCE -> difference(random);
            case TABLE -> product(task, random.nextInt(13), random.nextInt(13), random);
            case STORY -> story(random);
            case BETWEEN -> between(random);
            case BELOW_ZERO, CHAIN ->
                    chain(task, large(random), large(random), large(random), random);
            case PRODUCT ->
                    product(task, random.nextInt(100, 1000), random.nextInt(10, 100), random);
            case STORIES -> stories(random);
            case OTHER -> throw new IllegalArgumentException("not arithmetic: " + task);
        };
    }

    private static Problem sum(Task task, long a, long b, RandomGenerator random) {
        var prompt =
                random.nextInt(8) == 0
                        ? fill(Phrases.SUMS, random, a, b)
                        : Phrases.asked(Phrases.expression(random, a, '+', b), random);
        return problem(task, a + "+" + b, prompt, Columns.sum(a, b), a + b, random);
    }

    private static Problem difference(RandomGenerator random) {
        var a = small(random);
        var b = small(random);
        return a < b && random.nextInt(3) > 0
                ? difference(Task.DIFFERENCE, b, a, random)
                : difference(Task.DIFFERENCE, a, b, random);
    }

    private static Problem difference(Task task, long a, long b, RandomGenerator random) {
        var prompt =
                a >= b && random.nextInt(10) == 0
                        ? fill(Phrases.DIFFERENCES, random, a, b)
                        : Phrases.asked(Phrases.expression(random, a, '-', b), random);
        return problem(task, a + "-" + b, prompt, Columns.difference(a, b), a - b, random);
    }

    private static Problem product(Task task, long a, long b, RandomGenerator random) {
        var prompt =
                random.nextInt(8) == 0
                        ? fill(Phrases.PRODUCTS, random, a, b)
                        : Phrases.asked(Phrases.expression(random, a, '*', b), random);
        return problem(task, a + "*" + b, prompt, Columns.product(a, b), a * b, random);
    }

    private static Problem chain(Task task, long a, long b, long c, RandomGenerator random) {
        var first = random.nextBoolean() ? '+' : '-';
        var second = random.nextBoolean() ? '+' : '-';
        if (below(a, first, b, second, c) == (task == Task.BELOW_ZERO)) {
            return chain(task, a, b, c, first, second, random);
        }
        return task == Task.BELOW_ZERO
                ? chain(task, Math.min(a, b), Math.max(a, b) + 1, c, '-', second, random)
                : chain(task, Math.max(a, b), Math.min(a, b), c, '-', '+', random);
    }

    private static boolean below(long a, char first, long b, char second, long c) {
        var between = first == '+' ? a + b : a - b;
        return between < 0 || (second == '+' ? between + c : between - c) < 0;
    }

    private static Problem chain(
            Task task, long a, long b, long c, char first, char second, RandomGenerator random) {
        var between = first == '+' ? a + b : a - b;
        var result = second == '+' ? between + c : between - c;
        var key = "" + a + first + b + second + c;
        var working =
                key + " ; " + Columns.step(a, first, b) + " ; " + Columns.step(between, second, c);
        var prompt = Phrases.asked(Phrases.expression(random, a, first, b, second, c), random);
        return problem(task, key, prompt, working, result, random);
    }

    private static Problem between(RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> sum(Task.BETWEEN, anySize(random), anySize(random), random);
            case 1 -> sum(Task.BETWEEN, large(random), anySize(random), random);
            case 2, 3 -> difference(Task.BETWEEN, large(random), anySize(random), random);
            case 4 ->
                    product(Task.BETWEEN, random.nextInt(13, 1000), random.nextInt(2, 10), random);
            case 5 ->
                    product(Task.BETWEEN, random.nextInt(2, 100), random.nextInt(13, 100), random);
            case 6 -> chain(Task.BETWEEN, small(random), small(random), small(random), random);
            default -> chain(Task.BETWEEN, anySize(random), anySize(random), small(random), random);
        };
    }

    private static Problem story(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> {
                var a = small(random);
                var b = small(random);
                var prompt = fill(Phrases.SUM_STORIES, random, a, b);
                yield problem(Task.STORY, a + "+" + b, prompt, Columns.sum(a, b), a + b, random);
            }
            case 1 -> {
                var one = small(random);
                var other = small(random);
                var a = Math.max(one, other);
                var b = Math.min(one, other);
                var prompt = fill(Phrases.DIFFERENCE_STORIES, random, a, b);
                yield problem(
                        Task.STORY, a + "-" + b, prompt, Columns.difference(a, b), a - b, random);
            }
            default -> {
                var a = random.nextInt(2, 13);
                var b = random.nextInt(2, 13);
                var prompt = fill(Phrases.PRODUCT_STORIES, random, a, b);
                yield problem(
                        Task.STORY,
                        a + "*" + b,
                        prompt,
                        Columns.product(a, b),
                        (long) a * b,
                        random);
            }
        };
    }

    private static Problem stories(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> rows(Phrases.ROWS_LESS, '-', random);
            case 1 -> rows(Phrases.ROWS_MORE, '+', random);
            case 2 -> {
                var a = random.nextInt(100, 1000);
                var b = random.nextInt(100, 1000);
                var c = random.nextInt(100, a + b);
                yield told(Phrases.MORE_LESS, a, '+', b, '-', c, random);
            }
            default -> {
                var a = random.nextInt(300, 1000);
                var b = random.nextInt(100, a - 100);
                var c = random.nextInt(50, a - b);
                yield told(Phrases.LESS_LESS, a, '-', b, '-', c, random);
            }
        };
    }

    private static Problem rows(List<String> phrases, char operator, RandomGenerator random) {
        var a = random.nextInt(13, 200);
        var b = random.nextInt(3, 10);
        var c = operator == '-' ? random.nextInt(10, a * b) : random.nextInt(100, 1000);
        var product = (long) a * b;
        var key = a + "*" + b + operator + c;
        var working =
                key + " ; " + Columns.product(a, b) + " ; " + Columns.step(product, operator, c);
        var result = operator == '-' ? product - c : product + c;
        return problem(Task.STORIES, key, fill(phrases, random, a, b, c), working, result, random);
    }

    private static Problem told(
            List<String> phrases,
            long a,
            char first,
            long b,
            char second,
            long c,
            RandomGenerator random) {
        var like = chain(Task.STORIES, a, b, c, first, second, random);
        return new Problem(
                Task.STORIES,
                like.key(),
                Phrases.roughened(fill(phrases, random, a, b, c), random),
                like.working(),
                like.answer());
    }

    private static Problem problem(
            Task task,
            String key,
            String prompt,
            String working,
            long answer,
            RandomGenerator random) {
        return new Problem(
                task, key, Phrases.roughened(prompt, random), working, Long.toString(answer));
    }

    private static String fill(List<String> phrases, RandomGenerator random, long... operands) {
        return Phrases.filled(phrases.get(random.nextInt(phrases.size())), random, operands);
    }

    private static int small(RandomGenerator random) {
        return random.nextInt(5) == 0 ? random.nextInt(10) : random.nextInt(100);
    }

    private static int large(RandomGenerator random) {
        return random.nextBoolean() ? random.nextInt(100, 1000) : random.nextInt(1000, 10_000);
    }

    private static int anySize(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(10);
            case 1 -> random.nextInt(10, 100);
            case 2 -> random.nextInt(100, 1000);
            default -> random.nextInt(1000, 10_000);
        };
    }
}
