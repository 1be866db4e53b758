package io.pointsman.classifier.features;

import io.pointsman.classifier.features.Lexicon.Group;
import java.util.List;

/// The one pass over the text: cuts it into words, numbers and symbols, hashes n-grams of them, and
/// counts. Confined to one call.
final class TextScan {

    private static final int STEM = 5;
    private static final long CROSS = 15;

    private static final List<Structure> SIZES =
            List.of(
                    Structure.CHARS,
                    Structure.WORDS,
                    Structure.LINES,
                    Structure.NUMBERS_SEEN,
                    Structure.LONGEST_NUMBER,
                    Structure.ALL_DIGITS);

    private final int[] crosses = new int[2 * SIZES.size()];
    private int crossed;

    private final char[] chars;
    private final int length;
    private final float[] values = new float[Structure.COUNT];
    private final int[] groups = new int[Long.SIZE + 1];
    private final Ngrams ngrams;
    private final Arithmetic arithmetic = new Arithmetic();
    private final LineScan layout;

    /// The hash of the text up to where it is read.
    private long hash = Hash.START;

    /// The hash of the word before where it is of any pair, or 0.
    private long previousPaired;

    private int words;
    private int wordLetters;
    private int digits;
    private int letters;
    private int nonAscii;
    private int ideographs;
    private int otherLetters;
    private int symbols;
    private int codeSymbols;
    private int printed;
    private int depth;
    private int sentences;
    private boolean numberInSentence;
    private boolean wordInSentence;
    private boolean afterNumber;
    private boolean negative;

    TextScan(UserText text) {
        this.chars = text.chars();
        this.length = text.length();
        this.ngrams = Ngrams.own(length);
        this.layout = new LineScan(chars);
    }

    /// Reads the text; the caller fills further values in before [#features()].
    float[] run() {
        int lineStart = 0;
        int lineLetters = 0;
        int linePrinted = 0;
        int at = 0;
        while (at < length) {
            char c = chars[at];
            int from = at;
            int lettersBefore = letters;
            if (isLetter(c)) {
                at = ideographic(c) ? hashed(at, ideograph(at)) : word(at);
            } else if (c == '\n') {
                layout.line(lineStart, at, lineLetters, linePrinted);
                endSentence();
                hash = Hash.step(hash, c);
                lineStart = ++at;
                lineLetters = 0;
                linePrinted = 0;
                continue;
            } else if (blank(c)) {
                hash = Hash.step(hash, c);
                at++;
                continue;
            } else if (c >= '0' && c <= '9') {
                at = hashed(at, number(at));
            } else {
                at = hashed(at, symbol(at));
            }
            printed += at - from;
            linePrinted += at - from;
            lineLetters += letters - lettersBefore;
        }
        layout.line(lineStart, length, lineLetters, linePrinted);
        endSentence();
        ngrams.find();
        write();
        return values;
    }

    /// Joins how the text opens with how large it and its numbers are: what is hard within one kind
    /// of prompt.
    private int[] crosses() {
        long opening = ngrams.opening();
        long shortOpening = ngrams.shortOpening();
        for (var feature : SIZES) {
            cross(feature, opening, shortOpening);
        }
        return crosses;
    }

    Features features() {
        return Features.of(Hash.mix(hash, length), ngrams.toArray(), crosses(), values);
    }

    /// Adds what is between to the hash of the text; returns where that ends.
    private int hashed(int from, int to) {
        for (int i = from; i < to; i++) {
            hash = Hash.step(hash, chars[i]);
        }
        return to;
    }

    private void cross(Structure feature, long opening, long shortOpening) {
        int bucket = 0;
        for (float cut : feature.cuts()) {
            bucket += values[feature.index()] >= cut ? 1 : 0;
        }
        long size = Hash.mix(CROSS, 64L * feature.index() + bucket);
        crosses[crossed++] = Ngrams.bucket(Hash.mix(size, opening));
        crosses[crossed++] = Ngrams.bucket(Hash.mix(size, shortOpening));
    }

    private int word(int from) {
        long word = Hash.START;
        long text = hash;
        long stem = 0;
        int others = 0;
        int at = from;
        while (at < length) {
            char c = chars[at];
            int lower = c | 32;
            if (lower < 'a' || lower > 'z') {
                if (!continues(at, from)) {
                    break;
                }
                lower = c == '’' ? '\'' : Character.toLowerCase(c);
                others++;
            }
            // Two hashes at once take the time of one.
            text = Hash.step(text, c);
            word = Hash.step(word, lower);
            at++;
            if (at - from == STEM) {
                stem = word;
            }
        }
        hash = text;
        int size = at - from;
        letters += size - others;
        words++;
        wordLetters += size;
        wordToken(word, size, at < length ? chars[at] : ' ', chars[from]);
        if (size > STEM) {
            ngrams.longWord(word, stem);
        } else {
            ngrams.word(word);
        }
        return at;
    }

    /// Whether a character that is no ASCII letter is of the word that began at `from`.
    private boolean continues(int at, int from) {
        char c = chars[at];
        if (c > 127 && Character.isLetter(c) && !ideographic(c)) {
            countLetter(c);
            return true;
        }
        return (c == '\'' || c == '’') && at > from && at + 1 < length && isLetter(chars[at + 1]);
    }

    private void wordToken(long word, int size, char next, char initial) {
        long found = Lexicon.found(word);
        // The mark is the sign, which tells without a branch.
        long paired = word & (found >> 63);
        long pair =
                paired == 0 || previousPaired == 0
                        ? 0
                        : Lexicon.groups(Lexicon.pair(previousPaired, word));
        count((found & ~Lexicon.PAIRED) | pair);
        boolean single = size == 1;
        arithmetic.word(found, single && (initial == 'x' || initial == 'X'));
        if (single && initial < 128 && initial != 'a' && initial != 'I' && initial != 'A') {
            add(Structure.VARIABLES);
        }
        if (next == '(') {
            add(Structure.CALLS);
        }
        previousPaired = paired;
        wordInSentence = true;
        afterNumber = false;
    }

    private int ideograph(int from) {
        countLetter(chars[from]);
        long word = Hash.step(Hash.START, chars[from]);
        words++;
        wordLetters++;
        count(Lexicon.groups(word));
        if (from + 1 < length) {
            count(Lexicon.groups(Hash.step(word, chars[from + 1])));
        }
        arithmetic.word(0, false);
        ngrams.word(word);
        previousPaired = 0;
        wordInSentence = true;
        afterNumber = false;
        return from + 1;
    }

    private int number(int from) {
        int at = from;
        int size = 0;
        boolean decimal = false;
        while (at < length) {
            char c = chars[at];
            if (c >= '0' && c <= '9') {
                size++;
                at++;
            } else if (c == '.' && !decimal && digitAt(at + 1)) {
                decimal = true;
                at++;
            } else if (c == ',' && thousands(at)) {
                at++;
            } else {
                break;
            }
        }
        digits += size;
        add(Structure.NUMBERS_SEEN);
        if (decimal) {
            add(Structure.DECIMALS);
        }
        raise(Structure.LONGEST_NUMBER, size);
        if (from > 1 && chars[from - 1] == '/' && digitAt(from - 2)) {
            add(Structure.FRACTIONS);
        }
        if (negative) {
            add(Structure.NEGATIVES);
        }
        if (from > 0
                && (chars[from - 1] == '$' || chars[from - 1] == '€' || chars[from - 1] == '£')) {
            add(Structure.MONEY);
        }
        arithmetic.number(size);
        ngrams.other(Hash.mix(3, Math.min(size, 7)));
        previousPaired = 0;
        negative = false;
        numberInSentence = true;
        wordInSentence = true;
        afterNumber = true;
        return at;
    }

    private int symbol(int from) {
        char c = chars[from];
        symbols++;
        if (c > 127) {
            nonAscii++;
        }
        boolean wide = Character.isHighSurrogate(c) && from + 1 < length;
        if (wide || (c >= 0x2600 && c <= 0x27BF)) {
            add(Structure.EMOJI);
        } else if (c >= 0x2500 && c <= 0x259F) {
            add(Structure.BOX_DRAWING);
        } else if ((c >= 0x2200 && c <= 0x22FF) || c == '√' || c == '≤' || c == '≥' || c == 'π') {
            add(Structure.MATH_SYMBOLS);
        } else if (c >= 0x2190 && c <= 0x21FF) {
            add(Structure.ARROWS);
        }
        ascii(c, from);
        negative = c == '-' && digitAt(from + 1) && !afterNumber;
        arithmetic.symbol(negative ? '(' : c);
        long sign = Hash.mix(4, c);
        ngrams.other(wide ? Hash.mix(sign, chars[from + 1]) : sign);
        previousPaired = 0;
        if (c != ')' && c != '(') {
            afterNumber = false;
        }
        return wide ? from + 2 : from + 1;
    }

    private void ascii(char c, int at) {
        switch (c) {
            case '.', '!', '?', '。', '？', '！' -> sentenceMark(c, at);
            case '\\' -> {
                codeSymbols++;
                if (at + 1 < length && isLetter(chars[at + 1])) {
                    add(Structure.LATEX_COMMANDS);
                }
            }
            case '$' -> add(Structure.DOLLAR_FORMULAS);
            case '=' -> {
                codeSymbols++;
                add(Structure.EQUATIONS);
            }
            case '%' -> add(Structure.PERCENTAGES);
            case ',' -> add(Structure.COMMAS);
            case '"', '“' -> add(Structure.QUOTES);
            case '`' -> {
                if (at >= 2 && chars[at - 1] == '`' && chars[at - 2] == '`') {
                    add(Structure.CODE_FENCES);
                }
            }
            case '_' -> {
                if (at >= 2 && chars[at - 1] == '_' && chars[at - 2] == '_') {
                    add(Structure.BLANKS);
                }
            }
            case '>' -> {
                codeSymbols++;
                if (at > 0 && (chars[at - 1] == '-' || chars[at - 1] == '=')) {
                    add(Structure.ARROWS);
                }
            }
            case '(', '[', '{' -> {
                codeSymbols += c == '(' ? 0 : 1;
                raise(Structure.NESTING, ++depth);
            }
            case ')', ']', '}' -> {
                codeSymbols += c == ')' ? 0 : 1;
                depth = Math.max(0, depth - 1);
            }
            case ';', '<', '&', '|', '#' -> codeSymbols++;
            default -> {}
        }
    }

    private void sentenceMark(char c, int at) {
        if (c == '?' || c == '？') {
            add(Structure.QUESTION_MARKS);
        } else if (c == '!' || c == '！') {
            add(Structure.EXCLAMATIONS);
        }
        if (at + 1 >= length || chars[at + 1] <= ' ' || c > 127) {
            endSentence();
        }
    }

    private void endSentence() {
        if (wordInSentence) {
            sentences++;
            if (numberInSentence) {
                add(Structure.SENTENCES_WITH_NUMBERS);
            }
        }
        wordInSentence = false;
        numberInSentence = false;
        previousPaired = 0;
        arithmetic.end();
    }

    /// Counts a word of these groups. Nearly all words are of one or none, which takes no branch:
    /// those of none are counted too, after the groups.
    private void count(long found) {
        groups[Long.numberOfTrailingZeros(found)]++;
        for (long rest = found & (found - 1); rest != 0; rest &= rest - 1) {
            groups[Long.numberOfTrailingZeros(rest)]++;
        }
    }

    private void countLetter(char c) {
        letters++;
        if (c > 127) {
            nonAscii++;
            if (ideographic(c)) {
                ideographs++;
            } else if (c > 0x24F) {
                otherLetters++;
            }
        }
    }

    private boolean digitAt(int at) {
        return at < length && chars[at] >= '0' && chars[at] <= '9';
    }

    /// Whether the comma at `at` groups digits, as in 12,345.
    private boolean thousands(int at) {
        return digitAt(at + 1) && digitAt(at + 2) && digitAt(at + 3) && !digitAt(at + 4);
    }

    private static boolean blank(char c) {
        return c <= ' ' || (c > 127 && (Character.isWhitespace(c) || Character.isSpaceChar(c)));
    }

    private static boolean isLetter(char c) {
        return c < 128 ? (c | 32) >= 'a' && (c | 32) <= 'z' : Character.isLetter(c);
    }

    private static boolean ideographic(char c) {
        return c >= 0x2E80 && (c <= 0x9FFF || (c >= 0xF900 && c <= 0xFAFF));
    }

    private void add(Structure feature) {
        values[feature.index()]++;
    }

    private void raise(Structure feature, int value) {
        values[feature.index()] = Math.max(values[feature.index()], value);
    }

    private void set(Structure feature, double value) {
        values[feature.index()] = (float) value;
    }

    private void set(Structure feature, Group group) {
        set(feature, groups[group.index()]);
    }

    private void write() {
        layout.write(values);
        arithmetic.write(values);
        set(Structure.WORDS, words);
        set(Structure.SENTENCES, sentences);
        set(Structure.WORDS_PER_SENTENCE, (double) words / Math.max(1, sentences));
        set(Structure.WORD_LENGTH, (double) wordLetters / Math.max(1, words));
        set(Structure.DISTINCT_WORDS, (double) ngrams.distinctWords() / Math.max(1, words));
        set(Structure.ALL_DIGITS, digits);
        set(Structure.DIGIT_SHARE, (double) digits / Math.max(1, printed));
        set(Structure.CODE_SYMBOLS, (double) codeSymbols / Math.max(1, printed));
        set(Structure.SYMBOL_SHARE, (double) symbols / Math.max(1, printed));
        set(Structure.NON_ASCII, (double) nonAscii / Math.max(1, printed));
        set(Structure.IDEOGRAPHS, (double) ideographs / Math.max(1, letters));
        set(Structure.OTHER_SCRIPTS, (double) otherLetters / Math.max(1, letters));
        set(Structure.GREETINGS, (double) groups[Group.GREETING.index()] / Math.max(1, words));
        set(Structure.THANKS, (double) groups[Group.THANKS.index()] / Math.max(1, words));
        writeGroups();
    }

    private void writeGroups() {
        set(Structure.NUMBER_WORDS, Group.NUMBER);
        set(Structure.AMOUNT_WORDS, Group.AMOUNT);
        set(Structure.UNITS, Group.UNIT);
        set(Structure.MATH_WORDS, Group.MATH);
        set(Structure.CODE_WORDS, Group.CODE);
        set(Structure.ALGORITHM_WORDS, Group.ALGORITHM);
        set(Structure.FACT_QUESTIONS, Group.FACT);
        set(Structure.WHY_QUESTIONS, Group.WHY);
        set(Structure.HOW_MANY, Group.HOW_MANY);
        set(Structure.PROVE, Group.PROVE);
        set(Structure.COMPUTE, Group.COMPUTE);
        set(Structure.OPTIMISE, Group.OPTIMISE);
        set(Structure.EXPLAIN, Group.EXPLAIN);
        set(Structure.TRANSLATE, Group.TRANSLATE);
        set(Structure.REWRITE, Group.REWRITE);
        set(Structure.COMPOSE, Group.COMPOSE);
        set(Structure.CLASSIFY, Group.CLASSIFY);
        set(Structure.TRACE, Group.TRACE);
        set(Structure.INSTRUCTIONS, Group.INSTRUCTION);
        set(Structure.EXAMPLES, Group.EXAMPLE);
        set(Structure.JSON_ASKED, Group.JSON);
        set(Structure.SCIENCE, Group.SCIENCE);
        set(Structure.MEDICINE, Group.MEDICINE);
        set(Structure.LAW, Group.LAW);
        set(Structure.ECONOMICS, Group.ECONOMICS);
        set(Structure.HUMANITIES, Group.HUMANITIES);
        set(Structure.CONDITIONS, Group.CONDITION);
        set(Structure.QUANTIFIERS, Group.QUANTIFIER);
        set(Structure.NEGATIONS, Group.NEGATION);
        set(Structure.COMPARISONS, Group.COMPARISON);
        set(Structure.ORDERINGS, Group.ORDERING);
        set(Structure.PUZZLE_WORDS, Group.PUZZLE);
    }
}
