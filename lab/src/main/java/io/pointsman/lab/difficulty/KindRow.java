package io.pointsman.lab.difficulty;

import io.pointsman.api.Tier;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.UserText;
import io.pointsman.classifier.kinds.Category;
import io.pointsman.classifier.kinds.KindFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A prompt whose tier is known.
///
/// @param features what the model sees of it
/// @param category the class that the model is to learn
/// @param tier as the data say
/// @param language the code of the prompt's language
record KindRow(KindFeatures features, Category category, Tier tier, String language) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// The rows of a file of JSON lines with `prompt`, `expected_tier`, `category` and `lang`.
    static List<KindRow> read(Path file) {
        try {
            var lines = Files.readAllLines(file);
            return lines.stream().filter(line -> !line.isBlank()).map(KindRow::row).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is not JSON lines of prompt, expected_tier, category and lang: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static KindRow row(String line) {
        var json = JSON.readTree(line);
        var tier = Tier.valueOf(text(json, "expected_tier"));
        return new KindRow(
                features(text(json, "prompt")),
                category(text(json, "category"), tier),
                tier,
                text(json, "lang"));
    }

    /// What the product's classifier would see.
    private static KindFeatures features(String prompt) {
        return UserText.of(Conversation.ofPrompt(prompt))
                .map(text -> KindFeatures.of(text.chars(), text.length()))
                .orElseGet(() -> KindFeatures.of(""));
    }

    private static String text(JsonNode json, String key) {
        var value = json.path(key);
        if (!value.isString()) {
            throw new IllegalArgumentException("a row lacks the text \"" + key + "\"");
        }
        return value.stringValue();
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
