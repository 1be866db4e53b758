package io.pointsman.lab.mini;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// The measured table of the pair, as a part of the model card.
final class ModelCard {
    private static final String BEGIN = "<!-- measured: begin -->";
    private static final String END = "<!-- measured: end -->";

    private ModelCard() {}

    /// Writes the table into the card, between its two marks, or into a new file of its own.
    static void write(
            Path file,
            Map<Task, Evaluation.Score> fast,
            Map<Task, Evaluation.Score> reasoner,
            long seed) {
        var table = BEGIN + "\n" + table(fast, reasoner, seed) + END;
        try {
            var card = Files.exists(file) ? Files.readString(file) : BEGIN + END + "\n";
            var begin = card.indexOf(BEGIN);
            var end = card.indexOf(END, begin);
            if (begin < 0 || end < 0) {
                throw new IllegalArgumentException(file + " has no place for the table");
            }
            Files.writeString(
                    file, card.substring(0, begin) + table + card.substring(end + END.length()));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static String table(
            Map<Task, Evaluation.Score> fast, Map<Task, Evaluation.Score> reasoner, long seed) {
        var text = new StringBuilder();
        text.append("| level | task | problems | fast, % | reasoner, % | thinking tokens |\n");
        text.append("|---|---|---|---|---|---|\n");
        fast.forEach((task, score) -> {
            var deep = reasoner.getOrDefault(task, score);
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %d | %.1f | %.1f | %.0f |%n",
                            task.level().name().toLowerCase(Locale.ROOT),
                            task.name().toLowerCase(Locale.ROOT),
                            score.problems(),
                            100 * score.right(),
                            100 * deep.right(),
                            deep.thinking()));
        });
        return text.append(
                        "\nGreedy answers, exact match, held-out operands (held-out wording for the table and for ")
                .append("texts outside arithmetic), drawn with seed ")
                .append(seed)
                .append(".\n")
                .toString();
    }
}
