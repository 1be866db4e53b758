package io.pointsman.serving.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Cuts a template into text and tags, and tags into tokens. Newlines behind blocks and blanks
/// before them are dropped (`trim_blocks`, `lstrip_blocks`), as is one newline at the very end.
/// Confined to one call.
final class Lexer {

    enum Kind {
        TEXT,
        /// `{{`
        OUTPUT,
        /// `{%`
        BLOCK,
        /// `}}` or `%}`
        CLOSE,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    record Token(Kind kind, String text, int line) {

        boolean is(String operatorOrName) {
            return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrName);
        }
    }

    private static final Set<String> LONG_OPERATORS = Set.of("==", "!=", "<=", ">=", "//", "**");

    private static final Pattern EXPONENT = Pattern.compile("[eE][+-]?[0-9]+");
    private static final Pattern RAW = Pattern.compile("\\s*raw\\s*-?%}");
    private static final Pattern END_RAW = Pattern.compile("\\{%[-+]?\\s*endraw\\s*[-+]?%}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    Lexer(String template) {
        var unified = template.replace("\r\n", "\n").replace('\r', '\n');
        source = unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified;
    }

    List<Token> tokens() {
        boolean lineStart = true;
        boolean strip = false;
        while (at < source.length()) {
            int open = nextTag();
            int end = open < 0 ? source.length() : open;
            text(end, lineStart, strip, open >= 0 ? source.charAt(open + 1) : 0);
            if (open < 0) {
                break;
            }
            advance(end);
            char kind = source.charAt(open + 1);
            at = open + 2;
            boolean minus = at < source.length() && source.charAt(at) == '-';
            boolean plus = at < source.length() && source.charAt(at) == '+';
            if (minus || (plus && kind != '{')) {
                at++;
            }
            char last =
                    switch (kind) {
                        case '#' -> comment();
                        case '{' -> tag(Kind.OUTPUT, "}}");
                        default -> block();
                    };
            strip = last == '-';
            int before = at;
            if (kind != '{' && last != '+' && at < source.length() && source.charAt(at) == '\n') {
                at++;
                line++;
            }
            lineStart = at > before;
        }
        tokens.add(new Token(Kind.END, "", line));
        return tokens;
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /// The text up to `end`, without what the tags on both sides strip.
    private void text(int end, boolean lineStart, boolean stripLeft, char tag) {
        int from = at;
        int to = end;
        char mark = end + 2 < source.length() ? source.charAt(end + 2) : 0;
        if (tag != 0 && mark == '-') {
            while (to > from && Character.isWhitespace(source.charAt(to - 1))) {
                to--;
            }
        } else if (tag != 0 && tag != '{' && mark != '+') {
            int begin = to;
            while (begin > from && isBlank(source.charAt(begin - 1))) {
                begin--;
            }
            if (begin > from ? source.charAt(begin - 1) == '\n' : lineStart) {
                to = begin;
            }
        }
        if (stripLeft) {
            while (from < to && Character.isWhitespace(source.charAt(from))) {
                from++;
            }
        }
        if (to > from) {
            tokens.add(new Token(Kind.TEXT, source.substring(from, to), line));
        }
    }

    private static boolean isBlank(char c) {
        return c != '\n' && Character.isWhitespace(c);
    }

    private void advance(int to) {
        for (; at < to; at++) {
            line += source.charAt(at) == '\n' ? 1 : 0;
        }
    }

    private char block() {
        int raw = raw();
        return raw < 0 ? tag(Kind.BLOCK, "%}") : (char) raw;
    }

    private char comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw problem("a comment has no end");
        }
        char last = end > at ? source.charAt(end - 1) : 0;
        advance(end + 2);
        return last;
    }

    /// The mark behind a `raw` block that begins here, whose contents become text; -1 where none
    /// begins.
    private int raw() {
        var begin = RAW.matcher(source).region(at, source.length());
        if (!begin.lookingAt()) {
            return -1;
        }
        var end = END_RAW.matcher(source);
        if (!end.find(begin.end())) {
            throw problem("raw has no endraw");
        }
        advance(begin.end());
        text(end.start(), false, begin.group().endsWith("-%}"), '%');
        advance(end.end());
        return source.charAt(end.end() - 3);
    }

    /// The tokens of a tag; returns the character before its end, which may be a mark.
    private char tag(Kind kind, String close) {
        tokens.add(new Token(kind, "", line));
        int depth = 0;
        while (true) {
            advanceBlanks();
            if (at >= source.length()) {
                throw problem("a tag has no end");
            }
            char c = source.charAt(at);
            if (depth == 0 && source.startsWith(close, at)) {
                at += 2;
                tokens.add(new Token(Kind.CLOSE, "", line));
                return 0;
            }
            if (depth == 0 && (c == '-' || c == '+') && source.startsWith(close, at + 1)) {
                at += 3;
                tokens.add(new Token(Kind.CLOSE, "", line));
                return c;
            }
            depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            token(c);
        }
    }

    private void advanceBlanks() {
        int to = at;
        while (to < source.length() && Character.isWhitespace(source.charAt(to))) {
            to++;
        }
        advance(to);
    }

    private void token(char c) {
        int from = at;
        if (Character.isLetter(c) || c == '_') {
            while (at < source.length()
                    && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
                at++;
            }
            tokens.add(new Token(Kind.NAME, source.substring(from, at), line));
        } else if (c >= '0' && c <= '9') {
            number(from);
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (at + 2 <= source.length()
                && LONG_OPERATORS.contains(source.substring(at, at + 2))) {
            at += 2;
            tokens.add(new Token(Kind.OPERATOR, source.substring(from, at), line));
        } else if ("+-*/%~<>=()[]{}.,:|".indexOf(c) >= 0) {
            at++;
            tokens.add(new Token(Kind.OPERATOR, String.valueOf(c), line));
        } else {
            throw problem("'" + c + "' has no meaning here");
        }
    }

    private void number(int from) {
        digits();
        boolean real =
                at + 1 < source.length()
                        && source.charAt(at) == '.'
                        && isDigit(source.charAt(at + 1));
        if (real) {
            at++;
            digits();
        }
        var exponent = EXPONENT.matcher(source).region(at, source.length());
        if (exponent.lookingAt()) {
            real = true;
            at = exponent.end();
        }
        var text = source.substring(from, at).replace("_", "");
        if (text.length() > 18 && !real) {
            throw problem("a number is too long");
        }
        tokens.add(new Token(real ? Kind.FLOAT : Kind.INTEGER, text, line));
    }

    private void digits() {
        while (at < source.length() && (isDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void string(char quote) {
        int startLine = line;
        var text = new StringBuilder();
        for (at++; ; at++) {
            if (at >= source.length()) {
                throw problem("a string has no end");
            }
            char c = source.charAt(at);
            if (c == quote) {
                at++;
                tokens.add(new Token(Kind.STRING, text.toString(), startLine));
                return;
            }
            line += c == '\n' ? 1 : 0;
            if (c == '\\' && at + 1 < source.length()) {
                escape(text);
            } else {
                text.append(c);
            }
        }
    }

    /// Python's escapes, of which those unknown stay as they are.
    private void escape(StringBuilder text) {
        char c = source.charAt(++at);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case '\\', '\'', '"' -> text.append(c);
            case '\n' -> line++;
            case 'u' -> code(text, 4);
            case 'x' -> code(text, 2);
            case 'U' -> code(text, 8);
            default -> text.append('\\').append(c);
        }
    }

    private void code(StringBuilder text, int digits) {
        try {
            text.appendCodePoint(Integer.parseInt(source.substring(at + 1, at + 1 + digits), 16));
            at += digits;
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            throw problem("an escape has no " + digits + " hexadecimal digits");
        }
    }

    private TemplateException problem(String what) {
        return new TemplateException(what).at(line);
    }
}
