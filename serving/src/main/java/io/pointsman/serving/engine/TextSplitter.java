package io.pointsman.serving.engine;

import io.pointsman.serving.tokenizer.Detokenizer;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/// Turns one sequence's tokens into the reader's text: splits thinking from answer at the think
/// tokens, which are part of neither, and ends the answer before a stop text. Whatever may yet
/// become a stop text is held back. Confined to its sequence's thread.
final class TextSplitter {

    /// What a token adds to the text.
    ///
    /// @param stopped whether the sequence ends with it
    record Piece(String text, boolean reasoning, boolean stopped) {}

    private final Tokenizer tokenizer;
    private final Detokenizer detokenizer;
    private final OptionalInt thinkOpen;
    private final OptionalInt thinkClose;
    private final List<String> stop;
    private final StringBuilder held = new StringBuilder();
    private boolean reasoning;
    private int reasoningTokens;

    TextSplitter(Tokenizer tokenizer, GenerationRequest request) {
        this.tokenizer = tokenizer;
        detokenizer = tokenizer.detokenizer();
        thinkOpen = tokenizer.special("<think>");
        thinkClose = tokenizer.special("</think>");
        stop = request.stop();
        reasoning = leavesThinkingOpen(request.prompt());
    }

    /// Whether the model goes on from `prompt` in the middle of a thought.
    private boolean leavesThinkingOpen(TokenIds prompt) {
        for (int i = prompt.size() - 1; i >= 0; i--) {
            if (is(thinkOpen, prompt.get(i))) {
                return true;
            }
            if (is(thinkClose, prompt.get(i))) {
                return false;
            }
        }
        return false;
    }

    Piece add(int token) {
        if (tokenizer.endsGeneration(token)) {
            return finish(new Piece("", reasoning, true));
        }
        if (is(thinkOpen, token) || is(thinkClose, token)) {
            var before = finish(new Piece("", reasoning, false));
            reasoning = is(thinkOpen, token);
            return before;
        }
        if (reasoning) {
            reasoningTokens++;
            return new Piece(detokenizer.add(token), true, false);
        }
        return answer(detokenizer.add(token));
    }

    /// The piece with all that is held back behind it.
    Piece finish(Piece piece) {
        var rest = piece.text() + held + detokenizer.finish();
        held.setLength(0);
        return new Piece(rest, piece.reasoning(), piece.stopped());
    }

    /// How many tokens were thought.
    int reasoningTokens() {
        return reasoningTokens;
    }

    private Piece answer(String text) {
        if (stop.isEmpty()) {
            return new Piece(text, false, false);
        }
        held.append(text);
        int found = firstStop();
        if (found >= 0) {
            return new Piece(held.substring(0, found), false, true);
        }
        int safe = safeLength();
        var piece = new Piece(held.substring(0, safe), false, false);
        held.delete(0, safe);
        return piece;
    }

    private int firstStop() {
        int first = -1;
        for (var text : stop) {
            int at = held.indexOf(text);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /// How much of what is held cannot be the beginning of a stop text.
    private int safeLength() {
        for (int at = 0; at < held.length(); at++) {
            var suffix = held.substring(at);
            if (stop.stream().anyMatch(text -> text.startsWith(suffix))) {
                return at;
            }
        }
        return held.length();
    }

    private static boolean is(OptionalInt special, int token) {
        return special.isPresent() && special.getAsInt() == token;
    }
}
