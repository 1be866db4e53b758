package io.pointsman.lab.mini;

import java.util.stream.IntStream;

/// A problem as one model's tokens: what it is given, and what it should write, up to the end
/// token.
record Example(int[] given, int[] wanted, boolean outside) {

    static Example of(Problem problem, Kind kind, Vocabulary vocabulary) {
        var outside = problem.task() == Task.OTHER;
        var answer = vocabulary.encode(outside ? kind.description() : problem.answer());
        var end = new int[] {vocabulary.end()};
        if (kind == Kind.FAST) {
            return new Example(
                    given(problem.prompt(), kind, vocabulary), join(answer, end), outside);
        }
        var working = vocabulary.encode(outside ? "not arithmetic" : problem.working());
        var close = new int[] {vocabulary.control("</think>")};
        return new Example(
                given(problem.prompt(), kind, vocabulary),
                join(working, close, answer, end),
                outside);
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

    private static int[] join(int[]... parts) {
        return java.util.Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
