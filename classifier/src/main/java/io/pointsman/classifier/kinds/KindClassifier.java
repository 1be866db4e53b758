package io.pointsman.classifier.kinds;

import io.pointsman.api.Kind;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
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
/// a code fence or indented code words make code, rows of a grid a puzzle, formulas and sums
/// mathematics. The tier SIMPLE is for short texts only, and neither for grids nor for formulas.
///
/// @param model tells the category
public record KindClassifier(KindModel model) {

    private static final String RESOURCE = "kinds.json";
    private static final int LONGEST_SIMPLE = 60;

    private static final long PROGRAMS =
            Concept.FUNCTION.bit()
                    | Concept.IMPLEMENT.bit()
                    | Concept.FIX.bit()
                    | Concept.REVIEW.bit()
                    | Concept.TEST.bit()
                    | Concept.ALGORITHM.bit()
                    | Concept.SYSTEM.bit();

    private static final long WRITING =
            Concept.WRITE.bit()
                    | Concept.CREATIVE.bit()
                    | Concept.IDEAS.bit()
                    | Concept.DOCUMENT.bit();

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
        var words = KindScan.of(text, length);
        var chances = model.chances(words);
        var task = task(KindModel.likeliest(chances), features, words);
        var tier = KindModel.tier(chances);
        return new Kind(task, tier == Tier.SIMPLE && demanding(features) ? Tier.MEDIUM : tier);
    }

    private static TaskType task(Category category, Features features, KindScan words) {
        var form = byForm(features);
        if (form != TaskType.OTHER) {
            return form;
        }
        if (category.task() == TaskType.CODE && !namesCode(features, words)) {
            return words.names(WRITING) ? TaskType.WRITING : TaskType.OTHER;
        }
        return switch (category) {
            case SMALL_PROGRAM, LARGE_PROGRAM, TRANSLATION -> category.task();
            default -> reckons(features) ? TaskType.MATHEMATICS : category.task();
        };
    }

    /// The task type as far as the build of a text tells it, which costs next to nothing: `OTHER`
    /// where only its words would.
    public static TaskType byBuild(Features features) {
        var form = byForm(features);
        return form == TaskType.OTHER && reckons(features) ? TaskType.MATHEMATICS : form;
    }

    private static TaskType byForm(Features features) {
        if (codes(features)) {
            return TaskType.CODE;
        }
        if (has(features, Structure.OPTIONS, 2)) {
            return TaskType.MULTIPLE_CHOICE;
        }
        return grids(features) ? TaskType.PUZZLE : TaskType.OTHER;
    }

    private static boolean reckons(Features features) {
        return calculates(features) || has(features, Structure.OPERANDS, 2);
    }

    /// The categories of programs also attract what is like nothing else.
    private static boolean namesCode(Features features, KindScan words) {
        return words.names(PROGRAMS)
                || has(features, Structure.CODE_WORDS, 1)
                || has(features, Structure.ALGORITHM_WORDS, 1)
                || has(features, Structure.CALLS, 1);
    }

    private static boolean demanding(Features features) {
        return grids(features)
                || calculates(features)
                || has(features, Structure.WORDS, LONGEST_SIMPLE);
    }

    private static boolean codes(Features features) {
        return has(features, Structure.CODE_FENCES, 1)
                || (has(features, Structure.CODE_WORDS, 4)
                        && (has(features, Structure.INDENTED_LINES, 2)
                                || has(features, Structure.CALLS, 4)))
                || (has(features, Structure.ALGORITHM_WORDS, 3)
                        && has(features, Structure.EXAMPLES, 2));
    }

    private static boolean grids(Features features) {
        return has(features, Structure.GRID_LINES, 3) || has(features, Structure.BRACKET_ROWS, 3);
    }

    private static boolean calculates(Features features) {
        boolean numbers = has(features, Structure.NUMBERS_SEEN, 2);
        return has(features, Structure.LATEX_COMMANDS, 2)
                || has(features, Structure.DOLLAR_FORMULAS, 2)
                || (numbers && has(features, Structure.HOW_MANY, 1))
                || (numbers && has(features, Structure.MATH_WORDS, 2));
    }

    private static boolean has(Features features, Structure feature, int count) {
        return features.of(feature) >= count;
    }
}
