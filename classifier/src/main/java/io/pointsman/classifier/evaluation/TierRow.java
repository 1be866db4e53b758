package io.pointsman.classifier.evaluation;

import io.pointsman.api.Tier;
import io.pointsman.classifier.training.InvalidOutcomes;
import io.pointsman.classifier.training.JsonLines;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A prompt with the tier that somebody gave it.
///
/// @param id names the row; a number where the file has none
/// @param prompt what was asked
/// @param expected the tier it should get
/// @param language of the prompt; empty where unknown
public record TierRow(String id, String prompt, Tier expected, String language) {

    /// All rows of a file of JSON lines with `prompt` and `expected_tier`, and where known `id` and
    /// `lang`.
    ///
    /// @throws InvalidOutcomes naming the line of the first row that is wrong
    public static List<TierRow> read(Path file) {
        return JsonLines.read(file, TierRow::of);
    }

    /// The row of one line.
    ///
    /// @throws InvalidOutcomes where it is wrong
    public static TierRow of(JsonLines.Line line) {
        return new TierRow(
                line.text("id", "row-" + line.number()),
                line.text("prompt"),
                tier(line),
                line.text("lang", ""));
    }

    private static Tier tier(JsonLines.Line line) {
        var word = line.text("expected_tier");
        for (var tier : Tier.values()) {
            if (tier.name().equalsIgnoreCase(word)) {
                return tier;
            }
        }
        throw line.wrong(
                "\"expected_tier\" must be one of "
                        + Arrays.stream(Tier.values())
                                .map(Tier::name)
                                .collect(Collectors.joining(", ")));
    }
}
