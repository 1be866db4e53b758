package io.pointsman.classifier.features;

import io.pointsman.api.Message;
import io.pointsman.api.Role;
import java.util.Optional;

/// The text that is judged: the last turn in which the user says something, without what tools and
/// harnesses put into it, and only the head and the tail of a long one.
///
/// Invisible characters, width, quoting marks and extra space are evened out ([Typography]), and
/// what is said about how to treat the text is left out ([Steering]), so that neither moves a
/// score.
///
/// A very short turn ("and why?") is read after the user's turn before it. At most [#MESSAGES]
/// messages are visited and [#EXAMINED] characters of a turn are examined, whatever their size.
///
/// @param chars the text; only the first `length` characters count, and nobody writes to them
/// @param length how many
/// @param originalLength characters of the turn, with those of noise and of a cut middle
/// @param logLines lines that look like a pasted log; all but the first few are left out
public record UserText(char[] chars, int length, long originalLength, int logLines) {

    /// How many messages are visited, from the newest.
    static final int MESSAGES = 64;

    /// How many characters of one turn are examined.
    static final int EXAMINED = 48 * 1024;

    /// How many characters are kept from the head and from the tail.
    static final int HEAD = 4096;

    static final int TAIL = 2048;

    /// Only a turn shorter than this is ever read together with the one before.
    private static final int SHORT_TURN = 40;

    private static final long FOLLOW_UP = 1L << Lexicon.Group.FOLLOW_UP.index();

    /// What the user said last; empty where the user said nothing.
    public static Optional<UserText> of(Conversation conversation) {
        var messages = conversation.messages();
        int oldest = Math.max(0, messages.size() - MESSAGES);
        UserText last = null;
        for (int i = messages.size() - 1; i >= oldest; i--) {
            if (messages.get(i).role() != Role.USER) {
                continue;
            }
            var turn = of(messages.get(i));
            if (turn.blank()) {
                continue;
            }
            if (last != null) {
                return Optional.of(turn.followedBy(last));
            }
            if (!turn.followUp()) {
                return Optional.of(turn);
            }
            last = turn;
        }
        return Optional.ofNullable(last);
    }

    private static UserText of(Message message) {
        var text = message.text();
        var spans = new Noise(text).spans();
        int kept = spans.length();
        int length = Math.min(kept, HEAD + TAIL);
        var chars = new char[length];
        int head = Math.min(kept, HEAD);
        spans.copy(text, 0, head, chars, 0);
        spans.copy(text, kept - (length - head), length - head, chars, head);
        int judged = Typography.even(chars, length);
        judged = Typography.trim(chars, Steering.remove(chars, judged));
        return new UserText(chars, judged, text.length() - (length - judged), spans.logLines());
    }

    private boolean blank() {
        for (int i = 0; i < length; i++) {
            if (chars[i] > ' '
                    && !Character.isWhitespace(chars[i])
                    && !Character.isSpaceChar(chars[i])) {
                return false;
            }
        }
        return true;
    }

    private UserText followedBy(UserText next) {
        int kept = Math.min(length, HEAD + TAIL - next.length - 1);
        var joined = new char[kept + 1 + next.length];
        System.arraycopy(chars, 0, joined, 0, kept);
        joined[kept] = '\n';
        System.arraycopy(next.chars, 0, joined, kept + 1, next.length);
        return new UserText(
                joined,
                joined.length,
                originalLength + next.originalLength,
                logLines + next.logLines);
    }

    /// Tells "and why?", which is about the turn before, from "thanks!" and "What is 7 + 5?".
    private boolean followUp() {
        if (length >= SHORT_TURN) {
            return false;
        }
        boolean refers = false;
        long hash = Hash.START;
        boolean inWord = false;
        for (int i = 0; i <= length; i++) {
            char c = i < length ? chars[i] : ' ';
            if (Character.isDigit(c)) {
                return false;
            }
            if (Character.isLetter(c)) {
                hash = Hash.step(inWord ? hash : Hash.START, Character.toLowerCase(c));
                inWord = true;
            } else if (inWord) {
                refers |= (Lexicon.groups(hash) & FOLLOW_UP) != 0;
                inWord = false;
            }
        }
        return refers;
    }
}
