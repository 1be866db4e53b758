package io.pointsman.lab.difficulty;

import io.pointsman.api.Tier;
import io.pointsman.classifier.evaluation.TierRow;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.UserText;
import io.pointsman.classifier.kinds.Category;
import io.pointsman.classifier.kinds.KindFeatures;
import io.pointsman.classifier.training.JsonLines;
import java.nio.file.Path;
import java.util.List;

/// A prompt whose tier is known.
///
/// @param features what the model sees of it
/// @param category the class that the model is to learn
/// @param tier as the data say
/// @param language the code of the prompt's language
record KindRow(KindFeatures features, Category category, Tier tier, String language) {

    /// The rows of a file of JSON lines with `prompt`, `expected_tier`, `category` and `lang`.
    ///
    /// @throws io.pointsman.classifier.training.InvalidOutcomes naming the line of the first row
    ///   that is wrong
    static List<KindRow> read(Path file) {
        return JsonLines.read(file, KindRow::row);
    }

    private static KindRow row(JsonLines.Line line) {
        var row = TierRow.of(line);
        return new KindRow(
                features(row.prompt()),
                category(line.text("category"), row.expected()),
                row.expected(),
                line.text("lang"));
    }

    /// What the product's classifier would see.
    private static KindFeatures features(String prompt) {
        return UserText.of(Conversation.ofPrompt(prompt))
                .map(text -> KindFeatures.of(text.chars(), text.length()))
                .orElseGet(() -> KindFeatures.of(""));
    }

    /// The category that stands for one of the data's; of two that it may mean, that of its tier.
    static Category category(String name, Tier tier) {
        var category =
                switch (name) {
                    case "factual-qa", "definition", "code-snippet-qa" -> Category.FACT;
                    case "greeting", "edge-noise" -> Category.GREETING;
                    case "translation" -> Category.TRANSLATION;
                    case "explanation" -> Category.EXPLANATION;
                    case "comparison" -> Category.COMPARISON;
                    case "simple-code", "data-analysis", "testing" -> Category.SMALL_PROGRAM;
                    case "debugging", "code-review", "agentic-task", "edge-short" ->
                            Category.REPAIR;
                    case "summary", "documentation" -> Category.SUMMARY;
                    case "extraction", "classification", "structured-output" -> Category.EXTRACTION;
                    case "brainstorming", "creative" -> Category.IDEAS;
                    case "rewrite" -> Category.REWRITE;
                    case "complex-code" -> Category.LARGE_PROGRAM;
                    case "formal-proof", "algorithm-proof" -> Category.PROOF;
                    case "math-derivation", "math-word-problem" -> Category.DERIVATION;
                    case "formal-logic", "game-theory", "logic-puzzle" -> Category.LOGIC;
                    default -> usual(tier);
                };
        return category.tier() == tier ? category : usual(tier);
    }

    private static Category usual(Tier tier) {
        return switch (tier) {
            case SIMPLE -> Category.FACT;
            case MEDIUM -> Category.EXPLANATION;
            case COMPLEX -> Category.DESIGN;
            case REASONING -> Category.LOGIC;
        };
    }
}
