package io.pointsman.lab.mini;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How often a model's greedy answer is exactly right, on problems of the held-out split.
final class Evaluation {
    /// More than any working that the reasoner was shown.
    static final int LONGEST = 320;

    private Evaluation() {}

    /// One answered problem.
    ///
    /// @param thinking how many tokens came before the answer
    record Answered(Problem problem, String answer, int thinking, boolean right) {}

    /// The share of right answers and the mean length of the thinking, over so many problems.
    record Score(int problems, double right, double thinking) {
        static Score of(List<Answered> answered) {
            return new Score(
                    answered.size(),
                    answered.stream().mapToInt(one -> one.right() ? 1 : 0).average().orElse(0),
                    answered.stream().mapToInt(Answered::thinking).average().orElse(0));
        }
    }

    static Map<Task, Score> held(
            Transformer model,
            Kind kind,
            Vocabulary vocabulary,
            Outside outside,
            int each,
            long seed) {
        var scores = new EnumMap<Task, Score>(Task.class);
        for (var task : Task.values()) {
            var problems = problems(task, outside, true, each, seed);
            scores.put(task, Score.of(answered(model, kind, vocabulary, problems)));
        }
        return scores;
    }

    static List<Problem> problems(
            Task task, Outside outside, boolean heldOut, int count, long seed) {
        var random = new SplittableRandom(seed * 31 + Problems.hash(task.name())).split();
        return IntStream.range(0, count)
                .mapToObj(index ->
                        task == Task.OTHER
                                ? outside.draw(heldOut, index % 8 == 0 ? 1200 : 300, random)
                                : Problems.draw(task, heldOut, random))
                .toList();
    }

    static List<Answered> answered(
            Transformer model, Kind kind, Vocabulary vocabulary, List<Problem> problems) {
        var decoder = new GreedyDecoder(model, vocabulary.end(), 128);
        var given =
                problems.stream()
                        .map(problem -> Example.given(problem.prompt(), kind, vocabulary))
                        .toList();
        var written = decoder.continuations(given, kind == Kind.FAST ? 48 : LONGEST);
        var answered = new ArrayList<Answered>();
        for (var index = 0; index < problems.size(); index++) {
            answered.add(judged(problems.get(index), written.get(index), kind, vocabulary));
        }
        return answered;
    }

    static String line(Map<Task, Score> scores) {
        return scores.entrySet().stream()
                .map(entry ->
                        "%s %.0f"
                                .formatted(
                                        entry.getKey().name().toLowerCase(Locale.ROOT),
                                        100 * entry.getValue().right()))
                .collect(Collectors.joining(" · "));
    }

    private static Answered judged(
            Problem problem, int[] written, Kind kind, Vocabulary vocabulary) {
        var close = vocabulary.control("</think>");
        var thinking = 0;
        if (kind == Kind.REASONER) {
            while (thinking < written.length && written[thinking] != close) {
                thinking++;
            }
        }
        var from = Math.min(written.length, kind == Kind.FAST ? 0 : thinking + 1);
        var answer = vocabulary.decode(java.util.Arrays.copyOfRange(written, from, written.length));
        var expected = problem.task() == Task.OTHER ? kind.description() : problem.answer();
        return new Answered(problem, answer, thinking, answer.equals(expected));
    }
}
