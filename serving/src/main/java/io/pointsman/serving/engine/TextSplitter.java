package io.pointsman.serving.engine;

import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.serving.tokenizer.Detokenizer;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// Turns one choice's tokens into the reader's text: splits thinking from answer, and ends the
/// answer before a stop text. Whatever may yet become a stop text is held back. Confined to its
/// sequence's thread.
///
/// Thinking is what stands between the think tokens, which are part of neither; whether it has
/// begun already is seen in the prompt, whose template may have opened it. Where the vocabulary has
/// no such tokens, the tags are looked for in the text.
final class TextSplitter {

    static final String OPEN = "<think>";
    static final String CLOSE = "</think>";

    /// How much of a prompt's end may belong to an opened tag, in tokens.
    private static final int TAIL = 16;

    /// What a token adds to the text.
    ///
    /// @param stopped whether the choice ends with it
    record Piece(String text, boolean reasoning, boolean stopped) {}

    private final Tokenizer tokenizer;
    private final Detokenizer detokenizer;
    private final OptionalInt open;
    private final OptionalInt close;
    private final ThinkSplitter tags;
    private final List<String> stop;
    private final Set<Integer> stopTokens;
    private final boolean ignoreEnd;
    private final StringBuilder held = new StringBuilder();
    private boolean thinking;
    private boolean begun;
    private int reasoningTokens;

    TextSplitter(Tokenizer tokenizer, GenerationRequest request) {
        this.tokenizer = tokenizer;
        detokenizer = tokenizer.detokenizer();
        open = tokenizer.special(OPEN);
        close = tokenizer.special(CLOSE);
        stop = request.stop();
        stopTokens = request.stopTokens();
        ignoreEnd = request.ignoreEnd();
        thinking = leavesThinkingOpen(request.prompt());
        begun = thinking;
        tags =
                new ThinkSplitter(
                        close.isPresent()
                                ? ThinkSplitter.Mode.OFF
                                : thinking ? ThinkSplitter.Mode.OPENED : ThinkSplitter.Mode.AUTO);
    }

    /// Whether the model goes on from `prompt` in the middle of a thought.
    private boolean leavesThinkingOpen(TokenIds prompt) {
        if (close.isEmpty()) {
            int from = Math.max(0, prompt.size() - TAIL);
            return tokenizer.decode(prompt.from(from)).stripTrailing().endsWith(OPEN);
        }
        for (int i = prompt.size() - 1; i >= 0; i--) {
            if (is(open, prompt.get(i))) {
                return true;
            }
            if (is(close, prompt.get(i))) {
                return false;
            }
        }
        return false;
    }

    /// Whether the next token is thought, as far as is known.
    boolean thinking() {
        return thinking;
    }

    /// Whether the next token may belong to a thinking: in its midst, or where the answer has not
    /// begun and the model may open one.
    boolean mayThink() {
        return thinking || (!begun && (open.isPresent() || !tags.settled()));
    }

    /// How many tokens were thought.
    int reasoningTokens() {
        return reasoningTokens;
    }

    /// Whether no character has only begun.
    boolean wholeCharacters() {
        return detokenizer.whole();
    }

    Piece add(int token) {
        if ((tokenizer.endsGeneration(token) && !ignoreEnd) || stopTokens.contains(token)) {
            return finish(new Piece("", thinking, true));
        }
        if (is(open, token) || is(close, token)) {
            return turn(is(open, token));
        }
        if (thinking) {
            reasoningTokens++;
        }
        return split(detokenizer.add(token));
    }

    /// The piece with all that is held back behind it.
    Piece finish(Piece piece) {
        var last = split(detokenizer.finish());
        var split = tags.finish();
        var rest = last.text() + split.reasoning() + held + split.content();
        held.setLength(0);
        boolean reasoning = piece.text().isEmpty() ? last.reasoning() : piece.reasoning();
        return new Piece(piece.text() + rest, reasoning, piece.stopped() || last.stopped());
    }

    private Piece turn(boolean toThinking) {
        if (!begun) {
            held.setLength(0);
        }
        begun = true;
        var before = finish(new Piece("", thinking, false));
        thinking = toThinking;
        return before;
    }

    private Piece split(String text) {
        if (close.isPresent()) {
            return thinking ? new Piece(text, true, false) : answer(text);
        }
        var split = tags.push(text);
        thinking = tags.thinking();
        if (split.reasoning().isEmpty()) {
            return thinking ? new Piece("", true, false) : answer(split.content());
        }
        held.append(split.content());
        return new Piece(split.reasoning(), true, false);
    }

    private Piece answer(String text) {
        held.append(text);
        if (!begun && open.isPresent() && held.chars().allMatch(Character::isWhitespace)) {
            return new Piece("", false, false);
        }
        begun = true;
        int found = firstStop();
        if (found >= 0) {
            var piece = new Piece(held.substring(0, found), false, true);
            held.setLength(0);
            return piece;
        }
        int safe = stop.isEmpty() ? held.length() : safeLength();
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
