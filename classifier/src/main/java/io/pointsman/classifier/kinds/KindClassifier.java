package io.pointsman.classifier.kinds;

import io.pointsman.api.TaskType;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Tells the kind of a prompt: its tier by the model of categories, its task type by the category
/// and by what the text looks like. Total and pure; safe for use by many threads.
///
/// What the text looks like goes before its words: listed answers make a multiple-choice question,
/// a code fence makes code, rows of a grid a puzzle, formulas and sums mathematics.
///
/// @param model tells the category
public record KindClassifier(KindModel model) {

    private static final String RESOURCE = "kinds.json";

    /// The classifier with the model that ships with it.
    ///
    /// @throws InvalidKindModel where that model is missing, damaged or of another version
    public static KindClassifier bundled() {
        try (@Nullable InputStream in = KindClassifier.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InvalidKindModel("the bundled model of kinds is missing");
            }
            return new KindClassifier(KindFile.read(in, RESOURCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The kind of the first `length` characters of `text`, which looks like `features`.
    public Kind kind(char[] text, int length, Features features) {
        var chances = model.chances(KindFeatures.of(text, length));
        return new Kind(task(KindModel.likeliest(chances), features), KindModel.tier(chances));
    }

    private static TaskType task(Category category, Features features) {
        if (has(features, Structure.OPTIONS, 2)) {
            return TaskType.MULTIPLE_CHOICE;
        }
        if (has(features, Structure.CODE_FENCES, 1)) {
            return TaskType.CODE;
        }
        if (has(features, Structure.GRID_LINES, 3) || has(features, Structure.BRACKET_ROWS, 3)) {
            return TaskType.PUZZLE;
        }
        return category.task() != TaskType.CODE && calculates(features)
                ? TaskType.MATHEMATICS
                : category.task();
    }

    private static boolean calculates(Features features) {
        return has(features, Structure.LATEX_COMMANDS, 2)
                || has(features, Structure.DOLLAR_FORMULAS, 2)
                || has(features, Structure.OPERANDS, 2)
                || (has(features, Structure.HOW_MANY, 1)
                        && has(features, Structure.NUMBERS_SEEN, 2));
    }

    private static boolean has(Features features, Structure feature, int count) {
        return features.of(feature) >= count;
    }
}
