package io.pointsman.classifier.features;

import java.util.Arrays;
import java.util.List;

/// Leaves out of a text what it says about how to treat it rather than what it asks: "think step by
/// step", "this is easy, use the cheap model", "ignore previous instructions", "you are an expert",
/// and courtesies. Such words must not move a route, so they are not judged.
///
/// A clause is such where all of its words are [SteeringWord]s and some of them together say so;
/// one word about anything else keeps it. Clauses are looked at near the head, near the tail, and
/// on lines of their own; at the two ends also where no mark parts them from the rest. A text of
/// nothing else is kept. Linear in the text. Confined to its thread, which has one, and good for
/// one text after the other.
final class Steering {

    /// How many clauses are looked at from either end.
    private static final int CLAUSES = 6;

    private static final int LONGEST_CLAUSE = 30;
    private static final int LONGEST_GLUED_WORD = 10;
    private static final int ROLE_WITHIN = 8;

    /// How many words must remain beside a courtesy, so that small talk stays what it is.
    private static final int BESIDE_COURTESY = 4;

    /// What is left out first, and what after it.
    private enum Sought {
        TREATMENT,
        COURTESY;

        private static final List<Sought> ALL = List.of(values());
    }

    /// What may end words that no mark parts from the rest.
    private static final int ENDERS =
            ~(SteeringWord.FILLER.bit()
                    | SteeringWord.BINDING.bit()
                    | SteeringWord.CONTINUING.bit()
                    | SteeringWord.ROLE.bit());

    private static final byte SPACE = 0;
    private static final byte MARK = 1;
    private static final byte LINE = 2;

    /// The kinds of a word that nobody asked for yet.
    private static final int UNKNOWN = -1;

    private static final char[] NOTHING = {};

    private static final ThreadLocal<Steering> OWN = ThreadLocal.withInitial(Steering::new);

    private char[] chars = NOTHING;
    private int length;

    // Per word: where it is, its kinds, what parts it from the word before, whether it is left out.
    private int[] starts = new int[256];
    private int[] ends = new int[256];
    private int[] kinds = new int[256];
    private byte[] gaps = new byte[256];
    private boolean[] dropped = new boolean[256];
    private int words;
    private int kept;

    /// What the clause says that is being looked at.
    private final Said said = new Said();

    private Steering() {}

    /// Moves those of the first `length` of `chars` that are to be judged to the front; returns how
    /// many they are.
    static int remove(char[] chars, int length) {
        var own = OWN.get();
        own.chars = chars;
        own.length = length;
        own.words = 0;
        int left = own.remove();
        own.chars = NOTHING;
        return left;
    }

    private int remove() {
        read();
        Arrays.fill(dropped, 0, words, false);
        kept = words;
        for (var sought : Sought.ALL) {
            dropClauses(sought);
            dropTail(sought);
            dropHead(sought);
        }
        return kept == words || kept == 0 ? length : compact();
    }

    private void read() {
        byte gap = LINE;
        int at = 0;
        while (at < length) {
            char c = chars[at];
            if (c == ' ') {
                at++;
                continue;
            }
            if (!letter(c) && !Character.isDigit(c)) {
                gap = (byte) Math.max(gap, gap(at));
                at++;
                continue;
            }
            int end = ideographic(c) ? glued(at) : wordEnd(at);
            add(at, end, gap);
            gap = SPACE;
            at = end;
        }
    }

    /// Marks within a number or a word part nothing.
    private byte gap(int at) {
        char c = chars[at];
        return switch (c) {
            case '\n' -> LINE;
            case ' ', '\t', '-', '_', '\'', '’', '"', '*' -> SPACE;
            case '.' -> at + 1 < length && Character.isLetterOrDigit(chars[at + 1]) ? SPACE : MARK;
            case ':' -> words > 0 && is(words - 1, SteeringWord.TARGET) ? SPACE : MARK;
            default -> c > 127 && Character.isSpaceChar(c) ? SPACE : MARK;
        };
    }

    private int wordEnd(int from) {
        int at = from + 1;
        while (at < length
                && ((letter(chars[at]) && !ideographic(chars[at]))
                        || Character.isDigit(chars[at])
                        || joins(at))) {
            at++;
        }
        return at;
    }

    private static boolean letter(char c) {
        return c < 128 ? (c | 32) >= 'a' && (c | 32) <= 'z' : Character.isLetter(c);
    }

    /// Whether words of the character's script are written without spaces.
    private static boolean ideographic(char c) {
        return c >= 0x2E80 && (c <= 0x9FFF || (c >= 0xF900 && c <= 0xFAFF));
    }

    /// An apostrophe or a hyphen within a word.
    private boolean joins(int at) {
        return (chars[at] == '\'' || chars[at] == '’' || chars[at] == '-')
                && at + 1 < length
                && letter(chars[at - 1])
                && letter(chars[at + 1]);
    }

    /// Where the longest known word of a script without spaces ends; else one character on.
    private int glued(int from) {
        int end = from + 1;
        long hash = Hash.START;
        for (int at = from; at < Math.min(length, from + LONGEST_GLUED_WORD); at++) {
            if (!ideographic(chars[at])) {
                break;
            }
            hash = Hash.step(hash, chars[at]);
            if (SteeringWord.kinds(hash) != 0) {
                end = at + 1;
            }
        }
        return end;
    }

    private void add(int start, int end, byte gap) {
        if (words == starts.length) {
            starts = Arrays.copyOf(starts, 2 * words);
            ends = Arrays.copyOf(ends, 2 * words);
            kinds = Arrays.copyOf(kinds, 2 * words);
            gaps = Arrays.copyOf(gaps, 2 * words);
            dropped = new boolean[2 * words];
        }
        starts[words] = start;
        ends[words] = end;
        kinds[words] = UNKNOWN;
        gaps[words] = gap;
        words++;
    }

    /// The kinds of a word. Most are never asked for: what is far from the ends is seldom looked
    /// at, and one word of no kind is enough to keep a clause.
    private int kinds(int word) {
        if (kinds[word] == UNKNOWN) {
            long hash = Hash.START;
            for (int at = starts[word]; at < ends[word]; at++) {
                hash = Hash.step(hash, lowerCase(chars[at]));
            }
            kinds[word] = SteeringWord.kinds(hash);
        }
        return kinds[word];
    }

    private static char lowerCase(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c | 32) : c;
        }
        return c == '’' ? '\'' : Character.toLowerCase(c);
    }

    private void dropClauses(Sought sought) {
        int from = 0;
        for (int clause = 0; from < words; clause++) {
            int to = clauseEnd(from);
            boolean ownLine = gaps[from] == LINE && (to == words || gaps[to] == LINE);
            if ((clause < CLAUSES || ownLine) && !dropped[from] && sought(sought, from, to)) {
                drop(from, to);
            }
            from = to;
        }
        int to = words;
        for (int clause = 0; clause < CLAUSES && to > 0; clause++) {
            int start = clauseStart(to);
            if (!dropped[start] && sought(sought, start, to)) {
                drop(start, to);
            }
            to = start;
        }
    }

    private int clauseEnd(int from) {
        int to = from + 1;
        while (to < words && gaps[to] == SPACE) {
            to++;
        }
        return to;
    }

    private int clauseStart(int to) {
        int from = to - 1;
        while (from > 0 && gaps[from] == SPACE) {
            from--;
        }
        return from;
    }

    /// Whether the words of a clause say what is sought, and nothing else.
    private boolean sought(Sought sought, int from, int to) {
        if (to - from > LONGEST_CLAUSE) {
            return false;
        }
        if (role(from, to)) {
            return true;
        }
        said.clear();
        for (int i = from; i < to; i++) {
            if (kinds(i) == 0) {
                return false;
            }
            said.add(kinds(i));
        }
        return said(sought, to - from, false);
    }

    private boolean said(Sought sought, int count, boolean unmarked) {
        return switch (sought) {
            case TREATMENT -> said.treatment(unmarked);
            case COURTESY -> said.courtesy() && kept - count >= BESIDE_COURTESY;
        };
    }

    /// "You are an expert in ...", "act as a world-class ...".
    private boolean role(int from, int to) {
        if (to - from < 3 || !is(from, SteeringWord.ROLE)) {
            return false;
        }
        for (int i = from + 1; i < Math.min(to, from + ROLE_WITHIN); i++) {
            if (is(i, SteeringWord.EXPERT)) {
                return true;
            }
        }
        return false;
    }

    /// Leaves out the end of the last clause where it would be left out by itself.
    private void dropTail(Sought sought) {
        int to = words;
        while (to > 0 && dropped[to - 1]) {
            to--;
        }
        if (to == 0) {
            return;
        }
        int start = clauseStart(to);
        said.clear();
        for (int i = to - 1; i > start && to - i <= LONGEST_CLAUSE && kinds(i) != 0; i--) {
            said.add(kinds(i));
            if ((kinds(i) & SteeringWord.STARTERS) != 0
                    && !is(i - 1, SteeringWord.BINDING)
                    && said(sought, to - i, true)) {
                int from = i;
                while (from - 1 > start && opens(from - 1)) {
                    from--;
                }
                drop(from, to);
                return;
            }
        }
    }

    /// Whether a word may come before what is left out, as in "so please".
    private boolean opens(int word) {
        int opening =
                SteeringWord.FILLER.bit()
                        | SteeringWord.COURTESY.bit()
                        | SteeringWord.THINK.bit()
                        | SteeringWord.STEP.bit();
        return kinds(word) != 0 && (kinds(word) & ~opening) == 0;
    }

    /// Leaves out the start of the first clause where it would be left out by itself.
    private void dropHead(Sought sought) {
        int from = 0;
        while (from < words && dropped[from]) {
            from++;
        }
        if (from == words || (kinds(from) & SteeringWord.STARTERS) == 0) {
            return;
        }
        int end = clauseEnd(from);
        said.clear();
        int to = from;
        for (int i = from; i < end && i - from < LONGEST_CLAUSE && kinds(i) != 0; i++) {
            if (to > from && is(i, SteeringWord.BINDING) && !is(i, SteeringWord.FILLER)) {
                break;
            }
            said.add(kinds(i));
            if ((kinds(i) & ENDERS) != 0 && said(sought, i + 1 - from, true)) {
                to = i + 1;
            }
        }
        if (to > from && to < end && !continued(to, end)) {
            drop(from, to);
        }
    }

    /// Whether what comes next belongs to what was said before it, as in "thank you for ...".
    private boolean continued(int from, int end) {
        int next = from;
        while (next < end && is(next, SteeringWord.FILLER) && !is(next, SteeringWord.CONTINUING)) {
            next++;
        }
        return next < end && is(next, SteeringWord.CONTINUING);
    }

    private boolean is(int word, SteeringWord kind) {
        return (kinds(word) & kind.bit()) != 0;
    }

    private void drop(int from, int to) {
        for (int i = from; i < to; i++) {
            kept -= dropped[i] ? 0 : 1;
            dropped[i] = true;
        }
    }

    /// Closes the gaps. A word that is left out takes the marks after it along, up to the line's
    /// end.
    private int compact() {
        int left = 0;
        int at = 0;
        for (int i = 0; i < words; i++) {
            if (!dropped[i]) {
                continue;
            }
            left = move(at, starts[i], left);
            at = i + 1 < words ? starts[i + 1] : length;
            for (int end = ends[i]; end < at; end++) {
                if (chars[end] == '\n') {
                    at = end;
                }
            }
        }
        return move(at, length, left);
    }

    private int move(int from, int to, int target) {
        int count = Math.max(0, to - from);
        System.arraycopy(chars, Math.min(from, length - count), chars, target, count);
        return target + count;
    }

    /// The kinds of words that a clause has.
    private static final class Said {

        private int all;
        private int steps;

        void clear() {
            all = 0;
            steps = 0;
        }

        void add(int kinds) {
            all |= kinds;
            steps += (kinds & SteeringWord.STEP.bit()) != 0 ? 1 : 0;
        }

        /// Whether such words together say how to treat the text; without marks around them they
        /// must say it in a sentence.
        boolean treatment(boolean unmarked) {
            boolean use = has(SteeringWord.USE);
            boolean subject = has(SteeringWord.SUBJECT) && (!unmarked || has(SteeringWord.BEING));
            return (has(SteeringWord.EASE) && (subject || use))
                    || (has(SteeringWord.TARGET)
                            && (use
                                    || (!unmarked
                                            && (has(SteeringWord.SIZE) || has(SteeringWord.EASE)))))
                    || (has(SteeringWord.IGNORE) && has(SteeringWord.PREVIOUS))
                    || (has(SteeringWord.THINK) && (use || has(SteeringWord.STEP)))
                    || (has(SteeringWord.SHOWN) && has(SteeringWord.OWN))
                    || steps >= 2
                    || (has(SteeringWord.STYLE) && (!unmarked || has(SteeringWord.BEING) || use));
        }

        /// Whether such words are polite and nothing more.
        boolean courtesy() {
            int others =
                    ~(SteeringWord.COURTESY.bit()
                            | SteeringWord.FILLER.bit()
                            | SteeringWord.BINDING.bit()
                            | SteeringWord.CONTINUING.bit()
                            | SteeringWord.ROLE.bit());
            return has(SteeringWord.COURTESY) && (all & others) == 0;
        }

        private boolean has(SteeringWord kind) {
            return (all & kind.bit()) != 0;
        }
    }
}
