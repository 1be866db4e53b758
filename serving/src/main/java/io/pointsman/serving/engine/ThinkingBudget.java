package io.pointsman.serving.engine;

import io.pointsman.serving.model.StepPlan;

/// Ends a thinking whose budget is spent: from then on the closing message and the closing tag take
/// the place of what would be sampled, token by token, and the model goes on to the answer. It
/// waits for a character that has begun to be whole, but not forever. Confined to its sequence's
/// thread.
final class ThinkingBudget {

    /// A code point has four bytes at most, and a token at least one.
    private static final int LONGEST_WAIT = 3;

    /// The part of a limited completion that is kept for the answer, at most.
    private static final int ANSWER_PART = 4;

    private static final int MOST_FOR_ANSWER = 1024;

    private final int[] closing;
    private int budget;
    private int closed;

    /// @param closing what ends a thinking; empty if nothing does
    /// @param budget most tokens to think
    private ThinkingBudget(int[] closing, int budget) {
        this.closing = closing;
        this.budget = budget;
    }

    /// The budget of a sequence that may generate `maxTokens`: what the request allows, and so that
    /// a quarter of `maxTokens` (up to 1024) is left for the answer. A thinking that took
    /// everything would be paid for and not be seen.
    static ThinkingBudget of(GenerationRequest request, int maxTokens, int[] closing) {
        int answer = Math.clamp(maxTokens / ANSWER_PART, 1, MOST_FOR_ANSWER);
        int most = maxTokens - answer - closing.length;
        return new ThinkingBudget(closing, Math.min(most, request.thinkingBudget().orElse(most)));
    }

    /// What the next token has to be, or [StepPlan#NOTHING] if the model may choose.
    int forced(TextSplitter text) {
        if (!text.thinking() || closing.length == 0) {
            closed = 0;
            return StepPlan.NOTHING;
        }
        int over = text.reasoningTokens() - budget;
        boolean begun = closed > 0;
        if (begun || (over >= 0 && (text.wholeCharacters() || over >= LONGEST_WAIT))) {
            return closing[Math.min(closed, closing.length - 1)];
        }
        return StepPlan.NOTHING;
    }

    /// A token was taken that had to be.
    void advance() {
        closed++;
    }

    /// Ends the thinking now.
    void spend() {
        budget = 0;
    }
}
