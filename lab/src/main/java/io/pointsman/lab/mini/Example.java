package io.pointsman.lab.mini;

import java.util.Arrays;
import java.util.stream.IntStream;

/// A problem as one model's tokens: what it is given, and what it should write, up to the end
/// token.
///
/// @param weights how much each wanted token counts in the loss
record Example(int[] given, int[] wanted, float[] weights) {
    /// Tokens that count little: the later ones of the self-description, one sentence that is soon
    /// known by heart, and guesses at what only thinking could find.
    private static final float LITTLE = 0.1f;

    static Example of(Problem problem, Kind kind, Vocabulary vocabulary) {
        var outside = problem.task() == Task.OTHER;
        var given = given(problem.prompt(), kind, vocabulary);
        var answer = vocabulary.encode(outside ? kind.description() : problem.answer());
        var end = new int[] {vocabulary.end()};
        if (kind == Kind.FAST) {
            return weighted(given, join(answer, end), firstThatCountLittle(problem));
        }
        var working = vocabulary.encode(outside ? "not arithmetic" : problem.working());
        var close = new int[] {vocabulary.control("</think>")};
        var wanted = join(working, close, answer, end);
        return weighted(given, wanted, outside ? 2 : wanted.length);
    }

    /// The tokens after which the model of this kind writes.
    static int[] given(String prompt, Kind kind, Vocabulary vocabulary) {
        var user = new int[] {vocabulary.control("<user>")};
        var assistant = new int[] {vocabulary.control("<asst>")};
        var opening = kind == Kind.FAST ? new int[0] : new int[] {vocabulary.control("<think>")};
        return join(user, vocabulary.encode(prompt), assistant, opening);
    }

    int length() {
        return given.length + wanted.length;
    }

    private static int firstThatCountLittle(Problem problem) {
        return switch (problem.task().level()) {
            case EASY -> Integer.MAX_VALUE;
            case MIDDLE, HARD -> 0;
            case OUTSIDE -> 2;
        };
    }

    private static Example weighted(int[] given, int[] wanted, int little) {
        var weights = new float[wanted.length];
        for (var index = 0; index < weights.length; index++) {
            weights[index] = index < little ? 1 : LITTLE;
        }
        return new Example(given, wanted, weights);
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
