package io.pointsman.classifier.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A table of fixed width: the first column to the left, the others to the right, each as wide as
/// what it holds. Confined to one thread.
final class TextTable {

    private final List<List<String>> lines = new ArrayList<>();

    TextTable(List<String> header) {
        lines.add(List.copyOf(header));
    }

    void row(List<String> cells) {
        if (cells.size() != lines.getFirst().size()) {
            throw new IllegalArgumentException(
                    "%d cells under %d headings".formatted(cells.size(), lines.getFirst().size()));
        }
        lines.add(List.copyOf(cells));
    }

    String text() {
        var widths =
                IntStream.range(0, lines.getFirst().size())
                        .map(i -> lines.stream().mapToInt(l -> l.get(i).length()).max().orElse(0))
                        .toArray();
        var text = new StringBuilder();
        for (var line : lines) {
            var row = new StringBuilder(line.getFirst());
            row.repeat(' ', widths[0] - line.getFirst().length());
            for (int i = 1; i < widths.length; i++) {
                row.repeat(' ', 2 + widths[i] - line.get(i).length()).append(line.get(i));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
