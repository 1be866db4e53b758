package io.pointsman.api.wire;

/// Tells thinking from answer in text that a model writes as `<think>…</think>` and then the
/// answer, however the text is cut into pieces. Confined to one thread; the time is linear in the
/// text.
///
/// Only the first block of thinking counts, and only before the answer has begun: later tags are
/// the answer's own text, for instance code. What may be the start of a tag is held back until the
/// next piece decides. Thinking that is never closed is all thinking. Newlines between the closing
/// tag and the answer are dropped, and so are blanks before the opening one.
public final class ThinkSplitter {

    private static final String OPENER = "<think>";
    private static final String CLOSER = "</think>";

    private final StringBuilder held = new StringBuilder();

    /// How much of the opening tag stands at the end of what is held.
    private int opened;

    private State state;

    public ThinkSplitter(Mode mode) {
        state =
                switch (mode) {
                    case AUTO -> State.BEFORE;
                    case OPENED -> State.OPENED;
                    case OFF -> State.ANSWER;
                };
    }

    /// How a model's thinking begins.
    public enum Mode {
        /// With an opening tag, if that is the first text of the answer, and blanks at most before
        /// it.
        AUTO,
        /// At once: the template of the prompt has opened it. A tag that opens it again is dropped.
        OPENED,
        /// Not in the text.
        OFF
    }

    /// A piece of text, told apart.
    public record Split(String reasoning, String content) {

        static final Split NOTHING = new Split("", "");

        Split plus(Split next) {
            return new Split(reasoning + next.reasoning, content + next.content);
        }
    }

    /// Takes the next piece, and returns as much as is certain by now.
    public Split push(CharSequence text) {
        if (state == State.ANSWER) {
            return new Split("", text.toString());
        }
        var reasoning = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            switch (state) {
                case BEFORE, OPENED -> i = opening(c, i, reasoning);
                case THINKING -> {
                    closing(c, reasoning);
                    i++;
                }
                case CLOSED -> {
                    if (c == '\n' || c == '\r') {
                        i++;
                    } else {
                        state = State.ANSWER;
                    }
                }
                case ANSWER -> {
                    var content = held.append(text, i, text.length()).toString();
                    held.setLength(0);
                    return new Split(reasoning.toString(), content);
                }
            }
        }
        return new Split(reasoning.toString(), "");
    }

    /// Ends the search for tags, and returns what was held back; further text is answer.
    public Split finish() {
        var rest = drain();
        var split =
                state == State.OPENED || state == State.THINKING
                        ? new Split(rest, "")
                        : new Split("", rest);
        state = State.ANSWER;
        return split;
    }

    /// Whether the next text is thinking, as far as is known.
    public boolean thinking() {
        return state == State.OPENED || state == State.THINKING;
    }

    /// Whether all further text is answer, whatever it is.
    public boolean settled() {
        return state == State.ANSWER;
    }

    /// Before any text: holds blanks and what matches the opening tag. Returns where to go on.
    private int opening(char c, int i, StringBuilder reasoning) {
        if (c == OPENER.charAt(opened)) {
            held.append(c);
            if (++opened == OPENER.length()) {
                held.setLength(0);
                state = State.THINKING;
            }
            return i + 1;
        }
        if (opened == 0 && Character.isWhitespace(c)) {
            held.append(c);
            return i + 1;
        }
        if (state == State.BEFORE) {
            state = State.ANSWER;
        } else {
            state = State.THINKING;
            var text = drain();
            for (int j = 0; j < text.length(); j++) {
                closing(text.charAt(j), reasoning);
            }
        }
        return i;
    }

    /// Thinking: holds what matches the closing tag, whose first character occurs in it only once.
    private void closing(char c, StringBuilder reasoning) {
        if (c == CLOSER.charAt(held.length())) {
            held.append(c);
            if (held.length() == CLOSER.length()) {
                held.setLength(0);
                state = State.CLOSED;
            }
            return;
        }
        reasoning.append(held);
        held.setLength(0);
        if (c == CLOSER.charAt(0)) {
            held.append(c);
        } else {
            reasoning.append(c);
        }
    }

    private String drain() {
        var text = held.toString();
        held.setLength(0);
        return text;
    }

    private enum State {
        /// Nothing but blanks and perhaps the start of the opening tag.
        BEFORE,
        /// As before, but what follows is thinking with or without the tag.
        OPENED,
        THINKING,
        /// After the closing tag and perhaps newlines.
        CLOSED,
        ANSWER
    }
}
