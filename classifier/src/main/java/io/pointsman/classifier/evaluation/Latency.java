package io.pointsman.classifier.evaluation;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classifier;
import io.pointsman.classifier.training.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How long one classification takes, once warm, at several sizes of prompt.
///
/// @param chars the prompts' size
/// @param p50 the median, in microseconds
/// @param p99 the 99th percentile, in microseconds
public record Latency(int chars, double p50, double p99) {

    private static final int[] SIZES = {200, 2_000, 100_000};
    private static final int WARM_UP = 4_000;
    private static final int CALLS = 4_000;
    private static final int PROMPTS = 50;

    /// Measures `classifier` on prompts cut from `rows`, by `nanoTime`.
    public static List<Latency> measure(
            Classifier classifier, List<Outcome> rows, LongSupplier nanoTime) {
        return Arrays.stream(SIZES).mapToObj(s -> at(s, classifier, rows, nanoTime)).toList();
    }

    private static Latency at(
            int chars, Classifier classifier, List<Outcome> rows, LongSupplier nanoTime) {
        var prompts = new ChatRequest[PROMPTS];
        for (int i = 0; i < PROMPTS; i++) {
            prompts[i] = PromptRequest.of(text(chars, rows, i));
        }
        int judged = 0;
        for (int i = 0; i < WARM_UP; i++) {
            judged += classifier.classify(prompts[i % PROMPTS]).hashCode() | 1;
        }
        var times = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long before = nanoTime.getAsLong();
            judged += classifier.classify(prompts[i % PROMPTS]).hashCode() | 1;
            times[i] = nanoTime.getAsLong() - before;
        }
        Arrays.sort(times);
        // The sum is used, so that no call can be left out.
        int last = judged == 0 ? CALLS - 1 : CALLS * 99 / 100;
        return new Latency(chars, times[CALLS / 2] / 1e3, times[last] / 1e3);
    }

    private static String text(int chars, List<Outcome> rows, int from) {
        var text = new StringBuilder(chars + 100);
        for (int i = from * 7; text.length() < chars; i++) {
            text.append(rows.get(i % rows.size()).prompt()).append('\n');
        }
        return text.substring(0, chars);
    }

    /// One line about all sizes.
    public static String text(List<Latency> all) {
        var text = new StringBuilder("one classification, warm (p50 / p99):");
        for (var latency : all) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %,d characters %.0f / %.0f us",
                            latency.chars,
                            latency.p50,
                            latency.p99));
        }
        return text.append('\n').toString();
    }
}
