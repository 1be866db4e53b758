package io.pointsman.lab.difficulty;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.Domain;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.training.HeadTrainer.Auxiliary;
import io.pointsman.classifier.training.JsonLines;
import io.pointsman.classifier.training.Outcome;
import io.pointsman.classifier.training.OutcomeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The public rows that the head `generic` is trained on: outcomes of pairs of models, and prompts
/// that no outcomes cover but whose authors say how hard they are.
///
/// @param folder what the trainer's `--data` names
record PublicData(Path folder) {

    private static final JsonMapper JSON = new JsonMapper();

    /// What authors' labels are worth beside outcomes.
    private static final double LABELLED = 0.3;

    private static final double MATHEMATICS = 0.1;
    private static final double WORD_PROBLEMS = 2;
    private static final double SMALL_TALK = 3;
    private static final double EXPERT = 0.1;
    private static final double POSERS = 3;
    private static final double CHAT = 0.5;

    /// Expert questions shorter than this tend to be lookups.
    private static final int EXPERT_LENGTH = 160;

    /// One in so many of the competition problems is enough.
    private static final int MATHEMATICS_STEP = 4;

    /// Outcomes to train on.
    List<Outcome> train() {
        return outcomes("outcomes_train");
    }

    /// Outcomes kept for measuring.
    List<Outcome> dev() {
        return outcomes("outcomes_dev");
    }

    private List<Outcome> outcomes(String name) {
        return OutcomeFile.read(rows(name)).rows();
    }

    private Path rows(String name) {
        return folder.resolve(name + ".jsonl.xz");
    }

    /// When the problems were published that have a date, by their rows' ids.
    Map<String, String> dates() {
        var dates = new HashMap<String, String>();
        for (var name : List.of("outcomes_train", "outcomes_dev")) {
            for (var row : JsonLines.read(rows(name), JsonLines.Line::node)) {
                if (row.path("date").isString()) {
                    dates.put(row.path("id").stringValue(), row.path("date").stringValue());
                }
            }
        }
        return dates;
    }

    /// All that helps to train beside the outcomes.
    List<Auxiliary> auxiliaries() {
        return List.of(
                new Auxiliary(wordProblems(), WORD_PROBLEMS, true),
                new Auxiliary(kinds(), LABELLED, false),
                new Auxiliary(everydayAndHard(), LABELLED, false),
                new Auxiliary(mathematics(), MATHEMATICS, false),
                new Auxiliary(expertQuestions(), EXPERT, false),
                new Auxiliary(Posers.outcomes(), POSERS, false),
                new Auxiliary(ChatPrompts.outcomes(), CHAT, false),
                new Auxiliary(SmallTalk.outcomes(), SMALL_TALK, false));
    }

    /// Prompts of all kinds, to count n-grams over.
    Stream<String> prompts() {
        return Stream.of(
                        train(),
                        dev(),
                        outcomes("aux_mmlu_pro"),
                        outcomes("aux_llmrouter"),
                        kinds(),
                        everydayAndHard(),
                        mathematics())
                .flatMap(List::stream)
                .map(Outcome::prompt);
    }

    /// School problems in words, which nine models tried: the mean of them is the fast model.
    private List<Outcome> wordProblems() {
        return outcomes("aux_llmrouter").stream()
                .filter(row -> row.strong() > 0 && domain(row) == Domain.WORD_PROBLEM)
                .map(row -> outcome("llmrouter", row.prompt(), row.weak(), 1))
                .toList();
    }

    private static Domain domain(Outcome row) {
        return FeatureExtractor.extract(Conversation.ofPrompt(row.prompt()))
                .map(Features::domain)
                .orElse(Domain.LONG);
    }

    /// UncommonRoute's prompts, by their category: what reasoning models are known to gain on
    /// proofs, on logic, on programs large and small, and on what is answered at once.
    private List<Outcome> kinds() {
        return lines(
                "uncommonroute/train.jsonl",
                node -> {
                    var prompt = node.path("prompt").stringValue();
                    return switch (node.path("category").stringValue()) {
                        case "greeting", "factual-qa", "definition", "translation" ->
                                outcome("kinds", prompt, 0.96, 0.98);
                        case "edge-noise", "edge-short" -> outcome("kinds", prompt, 0.9, 0.92);
                        case "summary", "rewrite", "creative", "brainstorming", "documentation" ->
                                outcome("kinds", prompt, 0.89, 0.93);
                        case "explanation", "comparison", "classification" ->
                                outcome("kinds", prompt, 0.86, 0.93);
                        case "extraction", "structured-output", "code-snippet-qa" ->
                                outcome("kinds", prompt, 0.8, 0.92);
                        case "formal-proof", "algorithm-proof", "math-derivation", "formal-logic" ->
                                outcome("kinds", prompt, 0.42, 0.8);
                        case "game-theory", "logic-puzzle", "math-word-problem" ->
                                outcome("kinds", prompt, 0.48, 0.84);
                        case "complex-code" -> outcome("kinds", prompt, 0.55, 0.84);
                        case "system-design", "architecture", "infrastructure", "migration" ->
                                outcome("kinds", prompt, 0.68, 0.86);
                        default -> outcome("kinds", prompt, 0.7, 0.89);
                    };
                });
    }

    /// Everyday instructions, and those that arenas found to tell models apart.
    private List<Outcome> everydayAndHard() {
        var rows = new ArrayList<Outcome>();
        for (var file : List.of("seed_tasks", "user_oriented_instructions")) {
            rows.addAll(
                    lines(
                            "self-instruct/" + file + ".jsonl",
                            node -> {
                                var input =
                                        node.path("instances").path(0).path("input").asString("");
                                var prompt = node.path("instruction").stringValue();
                                return outcome(
                                        "self-instruct",
                                        input.isEmpty() ? prompt : prompt + "\n" + input,
                                        0.88,
                                        0.95);
                            }));
        }
        rows.addAll(
                lines(
                        "arena-hard/question.jsonl",
                        node ->
                                outcome(
                                        "arena-hard",
                                        node.path("prompt").stringValue(),
                                        0.63,
                                        0.86)));
        return rows;
    }

    /// Competition problems, by the level that their authors gave.
    private List<Outcome> mathematics() {
        var rows = new ArrayList<Outcome>();
        for (var node : tree("deepscaler/math.json")) {
            rows.add(problem(node.path("problem").stringValue(), node.path("difficulty").asInt(3)));
        }
        for (var node : tree("deepscaler/aime.json")) {
            rows.add(problem(node.path("problem").stringValue(), 6));
        }
        var some = new ArrayList<Outcome>();
        for (int i = 0; i < rows.size(); i += MATHEMATICS_STEP) {
            some.add(rows.get(i));
        }
        return some;
    }

    /// Examination questions of nine subjects as a user would ask them: without the listed answers.
    private List<Outcome> expertQuestions() {
        return outcomes("aux_mmlu_pro").stream()
                .map(row -> row.prompt().split("\\nA\\. ", 2)[0].strip())
                .filter(stem -> stem.length() >= EXPERT_LENGTH)
                .map(stem -> outcome("expert", stem, 0.55, 0.87))
                .toList();
    }

    private static Outcome problem(String text, int level) {
        double strong = 1 - 0.03 * level;
        return outcome("competition", text, strong - 0.02 - 0.06 * level, strong);
    }

    private static Outcome outcome(String source, String prompt, double weak, double strong) {
        return new Outcome("", source, "", prompt, weak, strong, OptionalInt.empty());
    }

    private List<Outcome> lines(String file, Function<JsonNode, Outcome> row) {
        return JsonLines.read(
                folder.resolve("prompts").resolve(file), line -> row.apply(line.node()));
    }

    private JsonNode tree(String file) {
        return JSON.readTree(folder.resolve("prompts").resolve(file));
    }
}
