package io.pointsman.classifier.features;

/// Counts what a text looks like, line by line. Confined to one call.
final class LineScan {

    private final char[] chars;
    private int lines;
    private int paragraphs;
    private int longest;
    private int listItems;
    private int gridLines;
    private int bracketRows;
    private int indented;
    private int options;
    private boolean afterBlank = true;

    LineScan(char[] chars) {
        this.chars = chars;
    }

    /// The line from `from` to `to`, without its end, of which `letters` are letters and `printed`
    /// are not white space.
    void line(int from, int to, int letters, int printed) {
        if (printed == 0) {
            afterBlank = true;
            return;
        }
        lines++;
        longest = Math.max(longest, to - from);
        if (afterBlank) {
            paragraphs++;
        }
        afterBlank = false;
        int first = from;
        while (first < to && chars[first] <= ' ') {
            first++;
        }
        if (first - from >= 2 || (first > from && chars[from] == '\t')) {
            indented++;
        }
        if (printed >= 3 && letters * 5 < printed) {
            gridLines++;
        }
        shape(first, to);
    }

    private void shape(int first, int to) {
        char c = at(first, to);
        char next = at(first + 1, to);
        if (c == '[' || c == '{') {
            bracketRows++;
        } else if ((c >= 'A' && c <= 'J' && (next == '.' || next == ')' || next == ':'))
                || (c == '(' && next >= 'A' && next <= 'J' && at(first + 2, to) == ')')) {
            options++;
        } else if (((c == '-' || c == '*' || c == '•') && next == ' ')
                || (c >= '0'
                        && c <= '9'
                        && (next == '.' || next == ')')
                        && at(first + 2, to) == ' ')) {
            listItems++;
        }
    }

    private char at(int index, int to) {
        return index < to ? chars[index] : ' ';
    }

    void write(float[] values) {
        values[Structure.LINES.index()] = lines;
        values[Structure.PARAGRAPHS.index()] = paragraphs;
        values[Structure.LONGEST_LINE.index()] = longest;
        values[Structure.LIST_ITEMS.index()] = listItems;
        values[Structure.GRID_LINES.index()] = gridLines;
        values[Structure.BRACKET_ROWS.index()] = bracketRows;
        values[Structure.INDENTED_LINES.index()] = indented;
        values[Structure.OPTIONS.index()] = options;
    }
}
