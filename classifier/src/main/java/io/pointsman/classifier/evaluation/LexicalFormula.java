package io.pointsman.classifier.evaluation;

import java.util.Locale;
import java.util.regex.Pattern;

/// LiteLLM's complexity router as published: seven lexical dimensions with fixed weights, from
/// lists of trigger words. A baseline only; its word lists are abridged here.
final class LexicalFormula {

    private static final Pattern CODE =
            Pattern.compile(
                    "\\b(function|class|def|import|return|api|database|sql|python|java|javascript|code|debug|algorithm|async|regex)\\b|```");
    private static final Pattern REASONING =
            Pattern.compile(
                    "step by step|think through|let's think|reason through|pros and cons|analyze|explain why|prove|derive|trade-offs|compare and contrast|chain of thought");
    private static final Pattern TECHNICAL =
            Pattern.compile(
                    "\\b(architecture|distributed|encryption|kubernetes|latency|scalab\\w+|machine learning|neural|optimi[sz]\\w+|protocol|concurrency|microservice\\w*|throughput|infrastructure)\\b");
    private static final Pattern SIMPLE =
            Pattern.compile(
                    "\\b(hi|hello|hey|thanks|thank you|what is|who is|define|when was|where is|how do you say)\\b");
    private static final Pattern MULTI_STEP =
            Pattern.compile("first.*then|step \\d|\\d\\.\\s|[a-c]\\)\\s", Pattern.DOTALL);

    private LexicalFormula() {}

    static double score(String prompt) {
        var text = prompt.toLowerCase(Locale.ROOT);
        return 0.10 * tokens(text.length() / 4)
                + 0.30 * graded(CODE, text)
                + 0.25 * graded(REASONING, text)
                + 0.25 * graded(TECHNICAL, text)
                - 0.05 * graded(SIMPLE, text)
                + 0.03 * (MULTI_STEP.matcher(text).find() ? 0.5 : 0)
                + 0.02 * (text.chars().filter(c -> c == '?').count() > 3 ? 0.5 : 0);
    }

    private static double tokens(int count) {
        return count < 15 ? -1 : count > 400 ? 1 : 0;
    }

    private static double graded(Pattern words, String text) {
        long hits = words.matcher(text).results().limit(2).count();
        return hits / 2.0;
    }
}
