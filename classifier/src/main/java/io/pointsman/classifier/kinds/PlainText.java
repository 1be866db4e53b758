package io.pointsman.classifier.kinds;

/// The head and the tail of a text in plain characters, words parted by single gaps, and counts
/// over the whole of it. Reads each character once. Confined to one thread, and good for one text
/// after the other.
final class PlainText {

    /// What one word counts for, so that ideographs can count for less.
    static final int WORD = 20;

    private static final int HANGUL_WORD = 26;
    private static final int HEAD = 320;
    private static final int TAIL = 128;

    /// How many characters there are at most, with a gap between head and tail.
    static final int MOST = HEAD + TAIL + 1;

    private final char[] chars;
    private int length;
    private int size;
    private int commas;
    private int sentences;
    private int digits;
    private int formulas;
    private int code;
    private int quotes;
    private int lines;
    private boolean inWord;
    private boolean inSentence;

    /// With room for the head and the tail of any text.
    PlainText() {
        this(MOST);
    }

    private PlainText(int capacity) {
        // A reader may look two characters beyond the end.
        this.chars = new char[capacity + 2];
    }

    /// Reads the first `textLength` characters of `text`, and forgets what was read before.
    void read(char[] text, int textLength) {
        reset();
        if (textLength <= HEAD + TAIL) {
            read(text, 0, textLength, true);
        } else {
            read(text, 0, HEAD, true);
            read(text, HEAD, textLength - TAIL, false);
            gap();
            read(text, textLength - TAIL, textLength, true);
        }
        endSentence();
        trim();
    }

    private void reset() {
        length = 0;
        size = 0;
        commas = 0;
        sentences = 0;
        digits = 0;
        formulas = 0;
        code = 0;
        quotes = 0;
        lines = 1;
        inWord = false;
        inSentence = false;
    }

    /// `text` in plain characters alone.
    static String plain(String text) {
        var plain = new PlainText(text.length());
        plain.read(text.toCharArray(), 0, text.length(), true);
        plain.trim();
        return new String(plain.chars, 0, plain.length);
    }

    private void read(char[] text, int from, int to, boolean kept) {
        for (int i = from; i < to; i++) {
            char raw = text[i];
            char c = Letters.plain(raw);
            if (c == Letters.GAP) {
                inWord = false;
                count(raw);
                if (kept) {
                    gap();
                }
            } else if (c != Letters.NOTHING) {
                letter(c);
                if (kept) {
                    chars[length++] = c;
                }
            }
        }
    }

    private void letter(char c) {
        inSentence = true;
        if (c >= '0' && c <= '9') {
            digits++;
        }
        int weight = Letters.weight(c);
        if (weight > 0) {
            size += weight;
            inWord = false;
        } else if (!inWord) {
            size += c >= 0xAC00 ? HANGUL_WORD : WORD;
            inWord = true;
        }
    }

    private void gap() {
        if (length > 0 && chars[length - 1] != Letters.GAP) {
            chars[length++] = Letters.GAP;
        }
    }

    private void trim() {
        if (length > 0 && chars[length - 1] == Letters.GAP) {
            length--;
        }
    }

    private void count(char raw) {
        switch (raw) {
            case ',', '、', '，', '،', ';', '；' -> commas++;
            case '.', '!', '?', '。', '？', '！', '؟', '।' -> endSentence();
            case '\n' -> {
                lines++;
                endSentence();
            }
            case '{', '}', '`', '=', '<', '>', '[', ']', '#' -> code++;
            case '\'', '"', '“', '”', '«', '»', '「', '」', '‘' -> quotes++;
            case '\\', '^', '$', '√', '∑', '∈', '∀', '∃', '≤', '≥', '→', '+', '*' -> formulas++;
            default -> {}
        }
    }

    private void endSentence() {
        sentences += inSentence ? 1 : 0;
        inSentence = false;
    }

    char[] chars() {
        return chars;
    }

    int length() {
        return length;
    }

    /// How long the whole text is, in twentieths of a word.
    int size() {
        return size;
    }

    int commas() {
        return commas;
    }

    int sentences() {
        return sentences;
    }

    int digits() {
        return digits;
    }

    int formulas() {
        return formulas;
    }

    int code() {
        return code;
    }

    int quotes() {
        return quotes;
    }

    int lines() {
        return lines;
    }
}
