package io.pointsman.classifier.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A picture with two axes, as SVG that needs nothing else and suits light and dark pages. Confined
/// to one thread.
///
/// The colours are those of Okabe and Ito, which the colour-blind tell apart; lines differ by their
/// dashes as well.
final class Chart {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 460;
    private static final int LEFT = 74;
    private static final int RIGHT = 24;
    private static final int TOP = 76;
    private static final int BOTTOM = 58;
    private static final int SWATCH = 26;
    private static final double LETTER = 7.4;

    private static final String STYLE =
            """
            <style>
            .ground{fill:#ffffff} text{fill:#1f2328} .soft{fill:#59636e}
            .grid{stroke:#d1d9e0;stroke-width:1} .frame{stroke:#59636e;stroke-width:1;fill:none}
            .reference{stroke:#59636e;stroke-width:1;stroke-dasharray:2 4;fill:none}
            .line{fill:none;stroke-width:2.2} .band{opacity:0.16}
            .s0{stroke:#0072b2} .s1{stroke:#6e7781} .s2{stroke:#c9730a} .s3{stroke:#008a63} .s4{stroke:#a8467f}
            .f0{fill:#0072b2} .f1{fill:#8c959f} .f2{fill:#e69f00} .f3{fill:#009e73} .f4{fill:#cc79a7}
            .s1{stroke-dasharray:7 5} .s2{stroke-dasharray:10 4 2 4} .s3{stroke-dasharray:14 4} .s4{stroke-dasharray:3 3}
            @media (prefers-color-scheme: dark) {
            .ground{fill:#0d1117} text{fill:#f0f6fc} .soft{fill:#9198a1} .grid{stroke:#2f353d}
            .frame,.reference{stroke:#9198a1}
            .s0{stroke:#56b4e9} .s1{stroke:#9198a1} .s2{stroke:#f0a83a} .s3{stroke:#2fc795} .s4{stroke:#e296c0}
            .f0{fill:#56b4e9} .f1{fill:#9198a1} .f2{fill:#e69f00} .f3{fill:#2fc795} .f4{fill:#e296c0}
            }
            </style>
            """;

    private final String title;
    private final Axis across;
    private final Axis up;
    private final StringBuilder marks = new StringBuilder();
    private final List<Entry> legend = new ArrayList<>();

    /// A name in the legend.
    private record Entry(String name, int series, boolean line) {}

    /// An empty picture.
    ///
    /// @param across the scale from left to right
    /// @param up the scale from bottom to top
    Chart(String title, Axis across, Axis up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /// A line through the points (`xs`, `ys`). The series, from 0 to 4, says how it looks.
    Chart line(int series, String name, double[] xs, double[] ys) {
        legend.add(new Entry(name, series, true));
        marks.append("<polyline class=\"line s%d\" points=\"".formatted(series));
        for (int i = 0; i < xs.length; i++) {
            point(xs[i], ys[i]);
        }
        marks.append("\"><title>").append(escaped(name)).append("</title></polyline>\n");
        return this;
    }

    /// A pale area between two lines over `xs`, for the interval of a line of that series.
    Chart band(int series, double[] xs, double[] lows, double[] highs) {
        marks.append("<polygon class=\"band f%d\" points=\"".formatted(series));
        for (int i = 0; i < xs.length; i++) {
            point(xs[i], highs[i]);
        }
        for (int i = xs.length - 1; i >= 0; i--) {
            point(xs[i], lows[i]);
        }
        marks.append("\"/>\n");
        return this;
    }

    private void point(double x, double y) {
        marks.append(number(x(x))).append(',').append(number(y(y))).append(' ');
    }

    /// A dot, which tells `hint` when it is pointed at.
    Chart dot(int series, double x, double y, String hint) {
        marks.append(
                "<circle class=\"f%d\" cx=\"%s\" cy=\"%s\" r=\"4.5\"><title>%s</title></circle>\n"
                        .formatted(series, number(x(x)), number(y(y)), escaped(hint)));
        return this;
    }

    /// Enters `name` into the legend, for bars.
    Chart bars(int series, String name) {
        legend.add(new Entry(name, series, false));
        return this;
    }

    /// A bar from `left` to `right` and from `low` to `high`, which tells `hint` when it is pointed
    /// at.
    Chart bar(int series, Span across, Span up, String hint) {
        double x = x(across.from);
        double y = y(up.to);
        marks.append(
                "<rect class=\"f%d\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>\n"
                        .formatted(
                                series,
                                number(x),
                                number(y),
                                number(x(across.to) - x),
                                number(y(up.from) - y),
                                escaped(hint)));
        return this;
    }

    /// A part of a scale.
    record Span(double from, double to) {}

    /// A thin line to compare with, from left to right.
    Chart reference(double left, double right) {
        marks.append(segment("reference", x(across.low()), y(left), x(across.high()), y(right)));
        return this;
    }

    /// A small text above the left or the right end of a level line.
    Chart note(double level, boolean atLeft, String text) {
        double x = atLeft ? LEFT + 6 : WIDTH - RIGHT - 6;
        marks.append(text(x, y(level) - 6, atLeft ? "start" : "end", "soft", text));
        return this;
    }

    /// The picture.
    String svg() {
        var svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"13\">\n"
                        .formatted(WIDTH, HEIGHT));
        svg.append("<title>").append(escaped(title)).append("</title>\n").append(STYLE);
        svg.append(
                "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n".formatted(WIDTH, HEIGHT));
        svg.append(
                "<text x=\"%d\" y=\"26\" font-size=\"16\" font-weight=\"600\">%s</text>\n"
                        .formatted(LEFT, escaped(title)));
        legend(svg);
        scales(svg);
        return svg.append(marks).append("</svg>\n").toString();
    }

    private void legend(StringBuilder svg) {
        double x = LEFT;
        for (var entry : legend) {
            svg.append(
                    entry.line
                            ? "<line class=\"line s%d\" x1=\"%s\" y1=\"50\" x2=\"%s\" y2=\"50\"/>\n"
                                    .formatted(entry.series, number(x), number(x + SWATCH))
                            : "<rect class=\"f%d\" x=\"%s\" y=\"44\" width=\"12\" height=\"12\"/>\n"
                                    .formatted(entry.series, number(x)));
            double text = x + (entry.line ? SWATCH : 12) + 6;
            svg.append(text(text, 54.5, "start", "", entry.name));
            x = text + entry.name.length() * LETTER + 18;
        }
    }

    private void scales(StringBuilder svg) {
        double floor = y(up.low());
        for (var tick : up.ticks()) {
            double y = y(tick.at());
            svg.append(segment("grid", LEFT, y, WIDTH - RIGHT, y));
            svg.append(text(LEFT - 8, y + 4.5, "end", "soft", tick.text()));
        }
        for (var tick : across.ticks()) {
            double x = x(tick.at());
            svg.append(segment("frame", x, floor, x, floor + 5));
            svg.append(text(x, floor + 20, "middle", "soft", tick.text()));
        }
        svg.append(segment("frame", LEFT, floor, WIDTH - RIGHT, floor));
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "", across.label()));
        double middle = (TOP + floor) / 2;
        svg.append(
                "<text x=\"18\" y=\"%s\" text-anchor=\"middle\" transform=\"rotate(-90 18 %s)\">%s</text>\n"
                        .formatted(number(middle), number(middle), escaped(up.label())));
    }

    private double x(double value) {
        double part = (value - across.low()) / (across.high() - across.low());
        return LEFT + part * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        double part = (value - up.low()) / (up.high() - up.low());
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    }

    private static String segment(String style, double x1, double y1, double x2, double y2) {
        return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
                .formatted(style, number(x1), number(y1), number(x2), number(y2));
    }

    private static String text(double x, double y, String anchor, String style, String text) {
        var named = style.isEmpty() ? "" : " class=\"" + style + '"';
        return "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>\n"
                .formatted(number(x), number(y), anchor, named, escaped(text));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
