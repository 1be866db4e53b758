package io.pointsman.classifier.evaluation;

import io.pointsman.classifier.Head;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.training.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What a head says of rows of outcomes. Immutable by contract: nobody writes to the arrays.
///
/// @param difficulties per row; the break-even score 0.5 where a prompt has no text to judge
/// @param gains per row, the expected gain
public record Scores(double[] difficulties, double[] gains) {

    /// The scores of `head` for `rows`.
    public static Scores of(Head head, List<Outcome> rows) {
        var gains = new double[rows.size()];
        for (int i = 0; i < gains.length; i++) {
            gains[i] =
                    FeatureExtractor.extract(Conversation.ofPrompt(rows.get(i).prompt()))
                            .map(features -> head.calibration().gain(head.gap(features)))
                            .orElse(head.calibration().breakEven());
        }
        return ofGains(head, gains);
    }

    /// The scores at margins that were computed before, for instance by cross-validation.
    public static Scores ofMargins(Head head, double[] margins) {
        var gains = new double[margins.length];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = head.calibration().gain(margins[i]);
        }
        return ofGains(head, gains);
    }

    private static Scores ofGains(Head head, double[] gains) {
        var difficulties = new double[gains.length];
        for (int i = 0; i < gains.length; i++) {
            difficulties[i] = head.calibration().difficulty(gains[i]);
        }
        return new Scores(difficulties, gains);
    }

    /// Writes `id,score` lines under a header; a higher score means to send to the reasoner.
    public void write(List<Outcome> rows, Path file) {
        var csv = new StringBuilder("id,score\n");
        for (int i = 0; i < difficulties.length; i++) {
            csv.append(quoted(rows.get(i).id()))
                    .append(String.format(Locale.ROOT, ",%.6f\n", difficulties[i]));
        }
        try {
            Files.writeString(file, csv);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the scores to " + file, e);
        }
    }

    private static String quoted(String id) {
        return id.matches("[^\",\\r\\n]*") ? id : '"' + id.replace("\"", "\"\"") + '"';
    }
}
