package io.pointsman.serving.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Texts as Python sees them: they consist of code points, and print as it prints them.
final class PythonText {

    private PythonText() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static List<String> characters(String text) {
        var characters = new ArrayList<String>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    /// The order of code points, which is not that of UTF-16.
    static int compare(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        for (int i = 0; i < shorter; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                int one = left.codePointAt(i);
                int other = right.codePointAt(i);
                return Integer.compare(one, other);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static String stripLeading(String text) {
        int from = 0;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    static String stripTrailing(String text) {
        int to = text.length();
        while (to > 0 && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    static String stripLeading(String text, String characters) {
        int from = 0;
        while (from < text.length() && characters.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        return text.substring(from);
    }

    static String stripTrailing(String text, String characters) {
        int to = text.length();
        while (to > 0 && characters.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(0, to);
    }

    /// The parts between blanks.
    ///
    /// @param most how many times to split, or -1
    static List<Object> words(String text, int most) {
        var words = new ArrayList<>();
        var rest = stripLeading(text);
        while (!rest.isEmpty()) {
            int end = 0;
            while (end < rest.length() && !isBlank(rest.charAt(end))) {
                end++;
            }
            if (words.size() == most) {
                words.add(rest);
                return words;
            }
            words.add(rest.substring(0, end));
            rest = stripLeading(rest.substring(end));
        }
        return words;
    }

    /// The parts between separators.
    ///
    /// @param most how many times to split, or -1
    static List<Object> split(String text, String separator, int most) {
        if (separator.isEmpty()) {
            throw new TemplateException("split has an empty separator");
        }
        var parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && parts.size() != most) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    /// The same from the right.
    static List<Object> splitFromRight(String text, String separator, int most) {
        if (separator.isEmpty()) {
            throw new TemplateException("rsplit has an empty separator");
        }
        var parts = new ArrayList<>();
        int end = text.length();
        int at = text.lastIndexOf(separator);
        while (at >= 0 && parts.size() != most) {
            parts.addFirst(text.substring(at + separator.length(), end));
            end = at;
            at = at == 0 ? -1 : text.lastIndexOf(separator, at - separator.length());
        }
        parts.addFirst(text.substring(0, end));
        return parts;
    }

    static List<Object> lines(String text) {
        return new ArrayList<>(text.lines().toList());
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : Methods.upper(text.substring(0, 1)) + Methods.lower(text.substring(1));
    }

    static String title(String text) {
        var title = new StringBuilder(text.length());
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            title.append(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside = Character.isLetter(c);
        }
        return title.toString();
    }

    /// The text from an index of code points to another, as slices count.
    static String slice(String text, List<Integer> indices) {
        var characters = characters(text);
        var slice = new StringBuilder();
        for (int index : indices) {
            slice.append(characters.get(index));
        }
        return slice.toString();
    }

    /// What `repr` says of a text.
    static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var quoted = new StringBuilder(text.length() + 2).append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == quote) {
                        quoted.append('\\').append(c);
                    } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xad) {
                        quoted.append("\\x").append("%02x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append(quote).toString();
    }

    /// The shortest digits that mean `value`, with an exponent where it is below -4 or above 15.
    static String of(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return Double.toString(value);
        }
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            var plain = decimal.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        var digits = decimal.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e"
                + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }
}
