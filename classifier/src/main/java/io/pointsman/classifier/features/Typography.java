package io.pointsman.classifier.features;

import java.text.Normalizer;

/// Evens out, in place, how a text is typed where that says nothing about what it asks. Linear in
/// the text.
final class Typography {

    private static final int SHOUTED = 4;

    private Typography() {}

    /// Takes off invisible characters, full width, decomposed accents, quoting marks before all
    /// lines, repeated spaces within lines, empty lines beyond one, and capitals where there is
    /// nothing else. Returns how many characters are left at the front of `chars`.
    static int even(char[] chars, int length) {
        int plain = plainUpTo(chars, length);
        int left = plain == length ? length : composed(chars, plain(chars, plain, length));
        left = unquoted(chars, left);
        left = spaced(chars, left);
        unshouted(chars, left);
        return left;
    }

    /// Takes off white space around the text, and the mark that ends it, unless there is nothing
    /// else: whether somebody types the last question mark says little.
    static int trim(char[] chars, int length) {
        int from = 0;
        int to = length;
        while (to > from && blank(chars[to - 1])) {
            to--;
        }
        while (from < to && blank(chars[from])) {
            from++;
        }
        int end = to;
        while (end > from && (ends(chars[end - 1]) || blank(chars[end - 1]))) {
            end--;
        }
        if (end > from && Character.isLetterOrDigit(chars[end - 1])) {
            to = end;
        }
        System.arraycopy(chars, from, chars, 0, to - from);
        return to - from;
    }

    private static boolean ends(char c) {
        return switch (c) {
            case '.', '?', '!', '。', '？', '！', '؟', '…' -> true;
            default -> false;
        };
    }

    private static boolean blank(char c) {
        return c <= ' ' || (c > 127 && (Character.isWhitespace(c) || Character.isSpaceChar(c)));
    }

    /// Up to where there is nothing to take off or to compose, as in most texts to their end.
    private static int plainUpTo(char[] chars, int length) {
        int at = 0;
        while (at < length && chars[at] < 0xA0 && chars[at] != '\r') {
            at++;
        }
        return at;
    }

    private static int plain(char[] chars, int from, int length) {
        int left = from;
        for (int i = from; i < length; i++) {
            char c = chars[i];
            if (c < 0xA0) {
                if (c != '\r') {
                    chars[left++] = c;
                }
            } else if (!invisible(c)) {
                chars[left++] = narrow(c);
            }
        }
        return left;
    }

    private static boolean invisible(char c) {
        return c == 0xAD
                || (c >= 0x200B && c <= 0x200F)
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2060 && c <= 0x206F)
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0xFEFF;
    }

    private static char narrow(char c) {
        if (c >= 0xFF01 && c <= 0xFF5E) {
            return switch (c) {
                case '！', '？', '，', '：', '；' -> c;
                default -> (char) (c - 0xFEE0);
            };
        }
        return c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ? ' ' : c;
    }

    private static int composed(char[] chars, int length) {
        boolean decomposed = false;
        for (int i = 0; i < length; i++) {
            decomposed |= chars[i] >= 0x300 && chars[i] <= 0x36F;
        }
        if (!decomposed) {
            return length;
        }
        var text = new String(chars, 0, length);
        var composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        int left = Math.min(length, composed.length());
        composed.getChars(0, left, chars, 0);
        return left;
    }

    private static int unquoted(char[] chars, int length) {
        return quotedThroughout(chars, length) ? withoutQuotes(chars, length) : length;
    }

    /// Whether every line that is not blank begins with `>`.
    private static boolean quotedThroughout(char[] chars, int length) {
        boolean quoted = false;
        boolean lineStart = true;
        for (int i = 0; i < length; i++) {
            if (chars[i] == '\n') {
                lineStart = true;
            } else if (lineStart && !blank(chars[i])) {
                if (chars[i] != '>') {
                    return false;
                }
                quoted = true;
                lineStart = false;
            }
        }
        return quoted;
    }

    private static int withoutQuotes(char[] chars, int length) {
        int left = 0;
        boolean lineStart = true;
        for (int i = 0; i < length; i++) {
            char c = chars[i];
            if (lineStart && c == '>') {
                if (i + 1 < length && chars[i + 1] == ' ') {
                    i++;
                }
            } else {
                chars[left++] = c;
                lineStart = c == '\n' || (lineStart && blank(c));
            }
        }
        return left;
    }

    private static int spaced(char[] chars, int length) {
        return plainlySpaced(chars, length) ? length : evenlySpaced(chars, length);
    }

    /// Whether there is one line with single spaces, as in most short texts.
    private static boolean plainlySpaced(char[] chars, int length) {
        char before = 0;
        for (int i = 0; i < length; i++) {
            char c = chars[i];
            if (c == '\n' || doubleSpace(before, c)) {
                return false;
            }
            before = c;
        }
        return true;
    }

    /// Both are asked for at once, as the answer is nearly always no, and whether one character is
    /// a space can hardly be foreseen.
    private static boolean doubleSpace(char before, char c) {
        return ((before ^ ' ') | (c ^ ' ')) == 0;
    }

    private static int evenlySpaced(char[] chars, int length) {
        int left = 0;
        int newlines = 0;
        int at = 0;
        while (at < length) {
            while (at < length && (chars[at] == ' ' || chars[at] == '\t')) {
                chars[left++] = chars[at++];
            }
            newlines = at < length && chars[at] == '\n' ? newlines : 0;
            char before = 0;
            while (at < length && chars[at] != '\n') {
                char c = chars[at++];
                chars[left] = c;
                left += doubleSpace(before, c) ? 0 : 1;
                before = c;
            }
            if (at < length) {
                while (left > 0 && (chars[left - 1] == ' ' || chars[left - 1] == '\t')) {
                    left--;
                }
                at++;
                if (++newlines <= 2) {
                    chars[left++] = '\n';
                }
            }
        }
        return left;
    }

    private static void unshouted(char[] chars, int length) {
        int capitals = 0;
        for (int i = 0; i < length; i++) {
            if (Character.isLowerCase(chars[i])) {
                return;
            }
            capitals += Character.isUpperCase(chars[i]) ? 1 : 0;
        }
        if (capitals >= SHOUTED) {
            for (int i = 0; i < length; i++) {
                chars[i] = Character.toLowerCase(chars[i]);
            }
        }
    }
}
