package io.pointsman.classifier.features;

import java.util.Arrays;

/// Finds what a user did not type: blocks in the tags of known harnesses, pasted logs, stack traces
/// and diffs but for their first lines, and encoded blobs but for their beginning. Examines at most
/// [UserText#EXAMINED] characters of the text, its head and its tail. Confined to one call.
final class Noise {

    private static final String[] TAGS = {
        "system-reminder",
        "system_reminder",
        "environment_details",
        "environment_context",
        "tool_result",
        "tool_results",
        "function_results",
        "local-command-stdout",
        "local-command-caveat",
        "command-name",
        "command-message",
        "user_info",
        "ide_selection",
        "ide_opened_file",
        "instructions-from-harness"
    };

    private static final int EXAMINED_TAIL = 16 * 1024;
    private static final int KEPT_LOG_LINES = 3;
    private static final int KEPT_DIFF_LINES = 8;
    private static final int SHORTEST_BLOB = 200;
    private static final int KEPT_OF_BLOB = 40;

    private final String text;
    private final Spans spans = new Spans();
    private int logLines;
    private int diffLines;
    private boolean inHunk;

    Noise(String text) {
        this.text = text;
    }

    /// The stretches of the text that are the user's.
    Spans spans() {
        if (text.length() <= UserText.EXAMINED) {
            keepTyped(0, text.length());
        } else {
            keepTyped(0, UserText.EXAMINED - EXAMINED_TAIL);
            int tail = text.length() - EXAMINED_TAIL;
            keepTyped(Math.max(tail, openBlockEnd(tail)), text.length());
        }
        return spans;
    }

    /// Where the block ends that was open already at `from`; `from` where none was.
    private int openBlockEnd(int from) {
        int end = from;
        for (var tag : TAGS) {
            int close = text.indexOf("</" + tag + ">", from, text.length());
            int open = text.indexOf("<" + tag + ">", from, text.length());
            if (close >= 0 && (open < 0 || close < open)) {
                end = Math.max(end, close + tag.length() + 3);
            }
        }
        return end;
    }

    private void keepTyped(int from, int to) {
        int kept = from;
        int at = text.indexOf('<', from, to);
        while (at >= 0) {
            var tag = tagAt(at, to);
            if (tag.isEmpty()) {
                at = text.indexOf('<', at + 1, to);
                continue;
            }
            keepLines(kept, at);
            var closing = "</" + tag + ">";
            int close = text.indexOf(closing, at, to);
            kept = close < 0 ? to : close + closing.length();
            at = text.indexOf('<', kept, to);
        }
        keepLines(kept, to);
    }

    private String tagAt(int at, int to) {
        for (var tag : TAGS) {
            int end = at + 1 + tag.length();
            if (end < to
                    && (text.charAt(end) == '>' || text.charAt(end) == ' ')
                    && text.startsWith(tag, at + 1)) {
                return tag;
            }
        }
        return "";
    }

    private void keepLines(int from, int to) {
        int kept = from;
        int line = from;
        while (line < to) {
            int newline = text.indexOf('\n', line, to);
            int next = newline < 0 ? to : newline + 1;
            if (pasted(line, next)) {
                keepTokens(kept, line);
                kept = next;
            }
            line = next;
        }
        keepTokens(kept, to);
    }

    /// Whether the line is of a paste of which enough lines are kept already.
    private boolean pasted(int from, int to) {
        if (LogLine.matches(text, from, to)) {
            return ++logLines > KEPT_LOG_LINES;
        }
        return diffed(from, to) && ++diffLines > KEPT_DIFF_LINES;
    }

    /// Whether the line is of a diff: its headers, and after the head of a hunk what begins with a
    /// mark or a space.
    private boolean diffed(int from, int to) {
        if (text.startsWith("@@ -", from)) {
            inHunk = true;
            return true;
        }
        if (text.startsWith("diff --git ", from)
                || text.startsWith("--- a/", from)
                || text.startsWith("+++ b/", from)) {
            return true;
        }
        char first = text.charAt(from);
        inHunk &= first == '+' || first == '-' || first == ' ' || to - from == 1;
        return inHunk;
    }

    /// Looks at every so many characters only: no blob lies between two that are of none.
    private void keepTokens(int from, int to) {
        int kept = from;
        for (int at = from + SHORTEST_BLOB - 1; at < to; at += SHORTEST_BLOB) {
            if (!encoded(text.charAt(at))) {
                continue;
            }
            int start = at;
            while (start > kept && encoded(text.charAt(start - 1))) {
                start--;
            }
            int end = at + 1;
            while (end < to && encoded(text.charAt(end))) {
                end++;
            }
            if (end - start >= SHORTEST_BLOB && !digits(start, end)) {
                spans.add(kept, start + KEPT_OF_BLOB);
                kept = end;
            }
            at = Math.max(at, end - SHORTEST_BLOB);
        }
        spans.add(kept, to);
    }

    /// Whether the character is one of base64 or of hexadecimal digits.
    private static boolean encoded(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '='
                || c == '_'
                || c == '-';
    }

    /// Whether there are digits alone: a long number is a number.
    private boolean digits(int from, int to) {
        for (int at = from; at < to; at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    /// What a logger or a stack trace writes.
    private static final class LogLine {

        private static final String[] LEVELS = {"INFO", "WARN", "WARNING", "ERROR", "DEBUG"};
        private static final String LEVEL_ENDS = "]:|";

        private LogLine() {}

        static boolean matches(String text, int from, int to) {
            int at = from;
            while (at < to && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (to - at < 12) {
                return false;
            }
            char first = text.charAt(at);
            if (first == '[') {
                first = text.charAt(++at);
            }
            return stamp(text, at)
                    || switch (first) {
                        case 'a' -> at > from && text.startsWith("at ", at) && traced(text, at, to);
                        case 'f' -> text.startsWith("from /", at) && traced(text, at, to);
                        case 'F' -> text.startsWith("File \"", at);
                        case 'C' -> text.startsWith("Caused by: ", at);
                        case 'T' -> text.startsWith("Traceback (most recent", at);
                        case 'g' -> text.startsWith("goroutine ", at);
                        case '.' -> text.startsWith("... ", at) && text.startsWith("more", to - 5);
                        case '#' -> digits(text, at + 1, 1) && called(text, at, to);
                        case '/' -> at > from && traced(text, at, to);
                        case 'I', 'W', 'E', 'D' -> level(text, at);
                        default -> frame(text, at, to);
                    };
        }

        /// A call in a file, as PHP and gdb print it.
        private static boolean called(String text, int at, int to) {
            return text.indexOf('(', at, to) >= 0
                    && (text.indexOf(".php(", at, to) >= 0 || text.indexOf(" in ", at, to) >= 0);
        }

        /// ` 4: core::panicking::panic`, as Rust prints it.
        private static boolean frame(String text, int at, int to) {
            int end = at;
            while (end < to && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
                end++;
            }
            return end > at && text.startsWith(": ", end) && text.indexOf("::", end, to) >= 0;
        }

        private static boolean level(String text, int at) {
            for (var level : LEVELS) {
                if (text.startsWith(level, at)
                        && at + level.length() < text.length()
                        && LEVEL_ENDS.indexOf(text.charAt(at + level.length())) >= 0) {
                    return true;
                }
            }
            return false;
        }

        private static boolean traced(String text, int at, int to) {
            return text.indexOf('(', at, to) >= 0 || text.indexOf(':', at, to) >= 0;
        }

        /// `2026-11-01` or `12:30:59`.
        private static boolean stamp(String text, int at) {
            return (digits(text, at, 4) && text.charAt(at + 4) == '-' && digits(text, at + 5, 2))
                    || (digits(text, at, 2)
                            && text.charAt(at + 2) == ':'
                            && digits(text, at + 3, 2)
                            && text.charAt(at + 5) == ':');
        }

        private static boolean digits(String text, int at, int count) {
            if (at + count >= text.length()) {
                return false;
            }
            for (int i = at; i < at + count; i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return false;
                }
            }
            return true;
        }
    }

    /// Stretches of a text, in order.
    final class Spans {

        private int[] bounds = new int[8];
        private int size;
        private int length;

        void add(int from, int to) {
            if (from >= to) {
                return;
            }
            if (size == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * size);
            }
            bounds[size++] = from;
            bounds[size++] = to;
            length += to - from;
        }

        int length() {
            return length;
        }

        int logLines() {
            return logLines;
        }

        /// Copies `count` characters from position `start` of the joined stretches.
        void copy(String source, int start, int count, char[] target, int targetStart) {
            int skip = start;
            int at = targetStart;
            int left = count;
            for (int i = 0; i < size && left > 0; i += 2) {
                int span = bounds[i + 1] - bounds[i];
                if (skip >= span) {
                    skip -= span;
                    continue;
                }
                int copied = Math.min(left, span - skip);
                source.getChars(bounds[i] + skip, bounds[i] + skip + copied, target, at);
                at += copied;
                left -= copied;
                skip = 0;
            }
        }
    }
}
