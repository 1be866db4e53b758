package io.pointsman.classifier.training;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/// Reads outcomes from [JsonLines].
///
/// A row has `prompt`, and `w` and `s` in [0, 1]; and where known `id`, `source`, `task`, `weak`,
/// `strong` and `reasoning_tokens`. Other fields are passed over.
public final class OutcomeFile {

    private OutcomeFile() {}

    /// All rows of `file`.
    ///
    /// @throws InvalidOutcomes naming the line of the first row that is wrong
    public static Outcomes read(Path file) {
        var weak = new LinkedHashSet<String>();
        var strong = new LinkedHashSet<String>();
        var rows =
                JsonLines.read(
                        file,
                        line -> {
                            name(line, "weak", weak);
                            name(line, "strong", strong);
                            return row(line);
                        });
        return new Outcomes(named(weak, "weak"), named(strong, "strong"), rows);
    }

    private static Outcome row(JsonLines.Line line) {
        return new Outcome(
                line.text("id", "row-" + line.number()),
                line.text("source", ""),
                line.text("task", ""),
                line.text("prompt"),
                line.share("w"),
                line.share("s"),
                line.count("reasoning_tokens"));
    }

    private static void name(JsonLines.Line line, String key, Set<String> names) {
        var value = line.node().path(key);
        if (value.isString()) {
            names.add(value.stringValue());
        }
    }

    private static String named(Set<String> names, String otherwise) {
        return switch (names.size()) {
            case 0 -> otherwise;
            case 1 -> names.iterator().next();
            default -> "several";
        };
    }
}
