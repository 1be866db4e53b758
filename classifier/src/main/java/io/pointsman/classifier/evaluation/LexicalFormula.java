package io.pointsman.classifier.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The heuristic scorer of LiteLLM's complexity router, by its documented formula; a baseline only.
///
/// As published (`auto_router/complexity_router`, defaults): seven dimensions and their weights,
/// prompts under 15 and over 400 tokens of four characters, one trigger word for half a dimension
/// and two for all of it (reasoning: .7 and all; technical terms: two and four; any simple word
/// takes the whole weight off), each word counted once, single words at word boundaries and phrases
/// anywhere, half a point for steps and for more than three questions. Two reasoning phrases send a
/// prompt to the top tier once it is above the lowest: here they put it above all others, in the
/// order of their scores.
///
/// The lists of trigger words here are abridged and partly our own wording; theirs are longer and
/// change with their releases. What stands in a system prompt counts there too; rows of outcomes
/// have none.
final class LexicalFormula {

    private static final List<String> CODE =
            List.of(
                    "function",
                    "class",
                    "def",
                    "import",
                    "return",
                    "api",
                    "database",
                    "sql",
                    "python",
                    "java",
                    "javascript",
                    "code",
                    "debug",
                    "algorithm",
                    "async",
                    "regex");
    private static final List<String> REASONING =
            List.of(
                    "step by step",
                    "think through",
                    "let's think",
                    "reason through",
                    "pros and cons",
                    "analyze",
                    "explain why",
                    "prove",
                    "derive",
                    "trade-offs",
                    "compare and contrast",
                    "chain of thought");
    private static final List<String> TECHNICAL =
            List.of(
                    "architecture",
                    "distributed",
                    "encryption",
                    "latency",
                    "scalability",
                    "machine learning",
                    "neural",
                    "optimization",
                    "protocol",
                    "concurrency",
                    "microservice",
                    "microservices",
                    "throughput",
                    "infrastructure");
    private static final List<String> SIMPLE =
            List.of(
                    "hi",
                    "hello",
                    "hey",
                    "thanks",
                    "thank you",
                    "what is",
                    "who is",
                    "define",
                    "when was",
                    "where is",
                    "how do you say");

    private static final Pattern STEPS = Pattern.compile("step\\s*\\d|\\d\\.\\s|[a-z]\\)\\s");
    private static final int SHORT = 15;
    private static final int LONG = 400;
    private static final int CHARACTERS_A_TOKEN = 4;
    private static final double SIMPLE_BELOW = 0.15;
    private static final double TOP_TIER = 2;

    private LexicalFormula() {}

    static double score(String prompt) {
        var text = prompt.toLowerCase(Locale.ROOT);
        int reasoning = found(REASONING, text);
        double score =
                0.10 * length(prompt.codePointCount(0, prompt.length()) / CHARACTERS_A_TOKEN)
                        + 0.30 * graded(found(CODE, text), 1, 2, 0.5)
                        + 0.25 * graded(reasoning, 1, 2, 0.7)
                        + 0.25 * graded(found(TECHNICAL, text), 2, 4, 0.5)
                        - 0.05 * (found(SIMPLE, text) > 0 ? 1 : 0)
                        + 0.03 * (steps(text) ? 0.5 : 0)
                        + 0.02 * (text.chars().filter(c -> c == '?').count() > 3 ? 0.5 : 0);
        return reasoning >= 2 && score >= SIMPLE_BELOW ? TOP_TIER + score : score;
    }

    private static double length(int tokens) {
        return tokens < SHORT ? -1 : tokens > LONG ? 1 : 0;
    }

    private static double graded(int found, int few, int many, double some) {
        return found >= many ? 1 : found >= few ? some : 0;
    }

    private static int found(List<String> words, String text) {
        int found = 0;
        for (var word : words) {
            found += word.indexOf(' ') >= 0 ? (text.contains(word) ? 1 : 0) : alone(word, text);
        }
        return found;
    }

    /// 1 where `word` stands in `text` at word boundaries, else 0.
    private static int alone(String word, String text) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || !inWord(text.charAt(at - 1)))
                    && (end == text.length() || !inWord(text.charAt(end)))) {
                return 1;
            }
        }
        return 0;
    }

    private static boolean inWord(char character) {
        return Character.isLetterOrDigit(character) || character == '_';
    }

    private static boolean steps(String text) {
        return STEPS.matcher(text).find() || text.lines().anyMatch(LexicalFormula::firstThen);
    }

    private static boolean firstThen(String line) {
        int first = line.indexOf("first");
        return first >= 0 && line.indexOf("then", first + 5) >= 0;
    }
}
