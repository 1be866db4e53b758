package io.pointsman.serving.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Python's ways of filling in values: `'{}'.format(…)`, `'%s' % …` and `strftime`.
final class Formats {

    private Formats() {}

    /// `'{} {0} {name}'.format(…)`, without format specifications.
    static String braces(String format, CallArguments arguments) {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                text.append(c);
                i++;
            } else if (c == '{') {
                int end = format.indexOf('}', i);
                if (end < 0) {
                    throw new TemplateException("a format has no '}'");
                }
                var field = format.substring(i + 1, end);
                i = end;
                var value =
                        field.isEmpty()
                                ? arguments.required(next++, "" + next)
                                : field.chars().allMatch(Character::isDigit) && field.length() < 4
                                        ? arguments.required(Integer.parseInt(field), field)
                                        : arguments.named().get(field);
                if (value == null) {
                    throw new TemplateException("a format asks for '" + field + "'");
                }
                text.append(Values.text(value));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /// `format % values`, with `%s`, `%d`, `%r`, `%f`, `%x` and `%%`, zero padding and a precision.
    static String percent(String format, Object values) {
        var rest = values instanceof List<?> items ? items.iterator() : List.of(values).iterator();
        var text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            int from = ++i;
            while (i < format.length() && "0123456789.-+ ".indexOf(format.charAt(i)) >= 0) {
                i++;
            }
            if (i == format.length()) {
                throw new TemplateException("a format ends with '%'");
            }
            if (format.charAt(i) == '%') {
                text.append('%');
                continue;
            }
            if (!rest.hasNext()) {
                throw new TemplateException("a format has too few values");
            }
            text.append(percent(format.charAt(i), format.substring(from, i), rest.next()));
        }
        return text.toString();
    }

    private static String percent(char conversion, String options, Object value) {
        int point = options.indexOf('.');
        int precision = point < 0 ? -1 : size(options.substring(point + 1));
        var flags = point < 0 ? options : options.substring(0, point);
        var text =
                switch (conversion) {
                    case 's' -> Values.text(value);
                    case 'r' ->
                            value instanceof String s ? PythonText.quoted(s) : Values.text(value);
                    case 'd', 'i' -> Long.toString(Values.number(value).longValue());
                    case 'x' -> Long.toHexString(Values.number(value).longValue());
                    case 'f' ->
                            new BigDecimal(Values.number(value).doubleValue())
                                    .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                                    .toPlainString();
                    default -> throw new TemplateException("a format has '%" + conversion + "'");
                };
        if (flags.isEmpty()) {
            return text;
        }
        boolean left = flags.startsWith("-");
        boolean zeros = flags.startsWith("0");
        var padding = (zeros ? "0" : " ").repeat(Math.max(0, size(flags) - text.length()));
        if (zeros && text.startsWith("-")) {
            return "-" + padding + text.substring(1);
        }
        return left ? text + padding : padding + text;
    }

    private static int size(String digits) {
        var size = digits.replaceAll("[^0-9]", "");
        if (size.length() > 3) {
            throw new TemplateException("a format is too wide");
        }
        return size.isEmpty() ? 0 : Integer.parseInt(size);
    }

    /// A moment as `strftime` writes it, in English.
    static String time(LocalDateTime time, String format) {
        var text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            c = format.charAt(++i);
            if (c == '-' && i + 1 < format.length()) {
                text.append(withoutZeros(field(time, format.charAt(++i))));
            } else {
                text.append(field(time, c));
            }
        }
        return text.toString();
    }

    private static String withoutZeros(String field) {
        return field.length() > 1 && field.startsWith("0")
                ? withoutZeros(field.substring(1))
                : field;
    }

    private static String field(LocalDateTime time, char field) {
        var pattern =
                switch (field) {
                    case 'Y' -> "yyyy";
                    case 'y' -> "yy";
                    case 'm' -> "MM";
                    case 'B' -> "MMMM";
                    case 'b', 'h' -> "MMM";
                    case 'd' -> "dd";
                    case 'e' -> "ppd";
                    case 'j' -> "DDD";
                    case 'A' -> "EEEE";
                    case 'a' -> "EEE";
                    case 'H' -> "HH";
                    case 'I' -> "hh";
                    case 'M' -> "mm";
                    case 'S' -> "ss";
                    case 'p' -> "a";
                    case 'F' -> "yyyy-MM-dd";
                    case 'T' -> "HH:mm:ss";
                    case 'D' -> "MM/dd/yy";
                    default -> "";
                };
        if (pattern.isEmpty()) {
            return field == '%' ? "%" : field == 'n' ? "\n" : field == 'Z' ? "" : "%" + field;
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
    }
}
