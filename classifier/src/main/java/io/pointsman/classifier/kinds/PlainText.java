package io.pointsman.classifier.kinds;

/// The head and the tail of a text in plain characters, words parted by single gaps, and counts
/// over the whole of it. Reads each character once. Confined to one call.
final class PlainText {

    /// What one word counts for, so that ideographs can count for less.
    static final int WORD = 20;

    private static final int HANGUL_WORD = 26;
    private static final int HEAD = 320;
    private static final int TAIL = 128;

    private final char[] chars;
    private int length;
    private int size;
    private int commas;
    private int sentences;
    private int digits;
    private int formulas;
    private int code;
    private int quotes;
    private int lines = 1;
    private boolean inWord;
    private boolean inSentence;

    private PlainText(int capacity) {
        this.chars = new char[capacity];
    }

    /// The first `length` characters of `text`.
    static PlainText of(char[] text, int length) {
        var plain = new PlainText(Math.min(length, HEAD + TAIL) + 2);
        if (length <= HEAD + TAIL) {
            plain.read(text, 0, length, true);
        } else {
            plain.read(text, 0, HEAD, true);
            plain.read(text, HEAD, length - TAIL, false);
            plain.gap();
            plain.read(text, length - TAIL, length, true);
        }
        plain.endSentence();
        plain.trim();
        return plain;
    }

    /// `text` in plain characters alone.
    static String plain(String text) {
        var plain = new PlainText(text.length() + 2);
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
