package io.pointsman.gateway.learning;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an answer comes down to, in a form that can be compared. Text with a code fence comes down
/// to nothing, and so does prose.
sealed interface FinalAnswer {

    /// A fraction, most often over 1.
    record Numeric(BigDecimal numerator, BigDecimal denominator) implements FinalAnswer {}

    /// A choice among listed answers.
    record Choice(char letter) implements FinalAnswer {}

    /// A name or a short phrase.
    record Words(String text) implements FinalAnswer {}

    /// A formula, which may be written in many ways.
    record Expression(String text) implements FinalAnswer {}

    /// A JSON object or array.
    record Json(JsonNode tree) implements FinalAnswer {}

    /// What `text` comes down to: JSON, else the last `\boxed{}`, else what stands after the last
    /// `Answer:` or `answer is`, else a letter or number that is all there is.
    static Optional<FinalAnswer> of(String text) {
        if (text.contains("```")) {
            return Optional.empty();
        }
        var stripped = text.strip();
        return Reader.json(stripped)
                .or(() -> Reader.boxed(stripped))
                .or(() -> Reader.announced(stripped))
                .or(() -> Reader.alone(stripped));
    }

    /// Finds and normalises final answers.
    final class Reader {

        private static final int LONGEST = 64;
        private static final String BOX = "\\boxed{";
        private static final String NUMBER =
                "[+-]?(?:[0-9]{1,30}(?:\\.[0-9]{1,30})?|\\.[0-9]{1,30})";

        private static final Pattern ANNOUNCED =
                Pattern.compile("(?im)\\banswer(?:\\s++is|\\s*+:)\\s*+:?+\\s*+(.++)$");
        private static final Pattern SENTENCE_END = Pattern.compile("[.!?]\\s");
        private static final Pattern WRAPPER =
                Pattern.compile("\\\\(?:text|textbf|mathrm|mathbf|mbox|operatorname)\\{([^{}]*+)}");
        private static final Pattern LAYOUT =
                Pattern.compile(
                        "\\\\(?:left|right|displaystyle)(?![a-z])|\\\\[,;!: ()\\[\\]]|[$`]|\\*\\*");
        private static final Pattern DEGREES = Pattern.compile("\\^?\\{?\\\\circ}?|°");
        private static final Pattern CHOICE =
                Pattern.compile("\\(?([a-j])(?:[.):]?|[.):]{1,2}\\s.*+)");
        private static final Pattern THOUSANDS =
                Pattern.compile("[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]+)?");
        private static final Pattern PLAIN = Pattern.compile(NUMBER);
        private static final Pattern SLASH =
                Pattern.compile("(" + NUMBER + ") ?/ ?(" + NUMBER + ")");
        private static final Pattern FRACTION =
                Pattern.compile(
                        "([+-]?)\\\\frac\\{?(" + NUMBER + "|[0-9])}?\\{?(" + NUMBER + "|[0-9])}?");
        private static final Pattern WORDS =
                Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ,.'&-]*+");
        private static final Pattern SOME_NUMBER =
                Pattern.compile(
                        "(?<![\\p{L}\\p{N}.,])[+-]?[0-9]{1,30}(?:,[0-9]{3})*+(?:\\.[0-9]{1,30})?");
        private static final Pattern ARTICLE = Pattern.compile("^(?:the|an?) ");

        private static final JsonMapper JSON =
                JsonMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build();

        private Reader() {}

        private static Optional<FinalAnswer> json(String text) {
            if (!text.startsWith("{") && !text.startsWith("[")) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Json(JSON.readTree(text)));
            } catch (JacksonException _) {
                return Optional.empty();
            }
        }

        private static Optional<FinalAnswer> boxed(String text) {
            var start = text.lastIndexOf(BOX);
            if (start < 0) {
                return Optional.empty();
            }
            var depth = 1;
            var from = start + BOX.length();
            for (var i = from; i < Math.min(text.length(), from + 4 * LONGEST); i++) {
                depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
                if (depth == 0) {
                    return value(text.substring(from, i));
                }
            }
            return Optional.empty();
        }

        private static Optional<FinalAnswer> announced(String text) {
            var matcher = ANNOUNCED.matcher(text.replace("**", ""));
            var last = Optional.<String>empty();
            while (matcher.find()) {
                last = Optional.of(matcher.group(1));
            }
            return last.map(line -> SENTENCE_END.split(line, 2)[0]).flatMap(Reader::value);
        }

        private static Optional<FinalAnswer> alone(String text) {
            if (text.length() > LONGEST || text.contains("\n")) {
                return Optional.empty();
            }
            return value(text)
                    .filter(value -> value instanceof Numeric || value instanceof Choice)
                    .or(() -> onlyNumber(text));
        }

        private static Optional<FinalAnswer> onlyNumber(String text) {
            var matcher = SOME_NUMBER.matcher(text);
            if (!matcher.find()) {
                return Optional.empty();
            }
            var number = matcher.group();
            return matcher.find() ? Optional.empty() : numeric(number);
        }

        private static Optional<FinalAnswer> value(String raw) {
            var plain = plain(raw);
            if (plain.isEmpty() || plain.length() > LONGEST) {
                return Optional.empty();
            }
            return choice(plain)
                    .or(() -> numeric(plain))
                    .or(() ->
                            Optional.of(
                                    WORDS.matcher(plain).matches()
                                            ? new Words(ARTICLE.matcher(plain).replaceFirst(""))
                                            : new Expression(plain.replace(" ", ""))));
        }

        /// `raw` in lower case, without what only sets it: LaTeX, Markdown, blanks, a last dot.
        private static String plain(String raw) {
            if (raw.length() > 4 * LONGEST) {
                return "";
            }
            var text = WRAPPER.matcher(raw).replaceAll("$1");
            text = text.replace("{,}", ",").replace("\\%", "%").replace("\\$", "");
            text = LAYOUT.matcher(text).replaceAll("");
            text = DEGREES.matcher(text).replaceAll("");
            text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
            text = text.replace('\u2212', '-').replaceAll("\\s++", " ").strip();
            text = text.replaceAll("^= ?|[.,;!]$", "").strip();
            return text.toLowerCase(Locale.ROOT);
        }

        private static Optional<FinalAnswer> choice(String plain) {
            var matcher = CHOICE.matcher(plain);
            return matcher.matches()
                    ? Optional.of(new Choice(matcher.group(1).charAt(0)))
                    : Optional.empty();
        }

        private static Optional<FinalAnswer> numeric(String plain) {
            var text = plain.endsWith("%") ? plain.substring(0, plain.length() - 1).strip() : plain;
            if (THOUSANDS.matcher(text).matches()) {
                text = text.replace(",", "");
            }
            if (PLAIN.matcher(text).matches()) {
                return Optional.of(new Numeric(new BigDecimal(text), BigDecimal.ONE));
            }
            var slash = SLASH.matcher(text);
            if (slash.matches()) {
                return fraction("", slash.group(1), slash.group(2));
            }
            var fraction = FRACTION.matcher(text);
            return fraction.matches()
                    ? fraction(fraction.group(1), fraction.group(2), fraction.group(3))
                    : Optional.empty();
        }

        private static Optional<FinalAnswer> fraction(String sign, String over, String under) {
            var numerator = new BigDecimal(over);
            var denominator = new BigDecimal(under);
            return denominator.signum() == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Numeric(
                                    sign.equals("-") ? numerator.negate() : numerator,
                                    denominator));
        }
    }
}
