package io.pointsman.classifier.kinds;

import java.text.Normalizer;

/// What a character counts as, with case, accents and width taken off. Immutable after the class is
/// loaded.
final class Letters {

    /// What stands between words.
    static final char GAP = ' ';

    /// What is skipped, as if it were not there.
    static final char NOTHING = 0;

    private static final int LAST_FOLDED = 0x6FF;
    private static final char[] FOLDED = folded();

    private Letters() {}

    /// The plain form of a letter or digit, [#GAP] for what separates words, [#NOTHING] for marks
    /// that only decorate.
    static char plain(char c) {
        return FOLDED[c];
    }

    /// Whether the training data have words of the character's script; n-grams of others would only
    /// share buckets with words that they are not.
    static boolean learned(char plain) {
        return plain < 0x0370
                || (plain >= 0x0400 && plain <= 0x052F)
                || (plain >= 0x2E80 && plain <= 0x9FFF && !(plain >= 0x3040 && plain <= 0x30FF));
    }

    /// Whether words of the character's script are written without spaces, or often glued together.
    static boolean unspaced(char plain) {
        return plain >= 0x0E00 && (plain <= 0x0EFF || plain >= 0x2E80);
    }

    /// Whether words begin with glued articles and prepositions, as in Arabic and Hebrew.
    static boolean prefixed(char plain) {
        return plain >= 0x0590 && plain <= LAST_FOLDED;
    }

    /// How much of a word the character is, in twentieths; zero where words are counted whole.
    static int weight(char plain) {
        if (plain < 0x0E00 || (plain >= 0xAC00 && plain <= 0xD7A3)) {
            return 0;
        }
        if (plain >= 0x3040 && plain <= 0x30FF) {
            return 5;
        }
        return plain >= 0x2E80 ? 9 : plain <= 0x0EFF ? 4 : 0;
    }

    private static char[] folded() {
        var table = new char[1 << Character.SIZE];
        for (int c = 0; c < table.length; c++) {
            table[c] = fold((char) c);
        }
        return table;
    }

    private static char fold(char c) {
        if (c >= 0xFF01 && c <= 0xFF5E) {
            return fold((char) (c - 0xFEE0));
        }
        int type = Character.getType(c);
        if (type == Character.FORMAT || c == 'ـ') {
            return NOTHING;
        }
        boolean mark =
                type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
        if (mark && c <= LAST_FOLDED) {
            return NOTHING;
        }
        if (!mark && !Character.isLetterOrDigit(c)) {
            return GAP;
        }
        char letter = bare(Character.toLowerCase(c));
        return switch (letter) {
            case 'ł' -> 'l';
            case 'ø' -> 'o';
            case 'đ' -> 'd';
            case 'ı' -> 'i';
            case 'ß' -> 's';
            case 'ς' -> 'σ';
            case 'ة' -> 'ه';
            case 'ى', 'ی' -> 'ي';
            case 'ک' -> 'ك';
            default -> letter;
        };
    }

    private static char bare(char c) {
        boolean accented = c <= LAST_FOLDED || (c >= 0x1E00 && c <= 0x1FFF);
        return accented
                ? Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFD).charAt(0)
                : c;
    }
}
