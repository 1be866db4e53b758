package io.pointsman.benchmarks;

import io.pointsman.serving.engine.EngineListener.Step;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Draws an engine's steps as an SVG: a row for each request, a bar for each step in which it took
/// part, and below how full the KV cache was.
final class Timeline {

    private static final int WIDTH = 1000;
    private static final int LEFT = 110;
    private static final int ROW = 22;
    private static final int TOP = 48;
    private static final int FOOT = 70;

    private Timeline() {}

    /// @param labels of the requests by their numbers, in the order of the rows
    static String svg(String title, List<Step> steps, Map<Long, String> labels) {
        long begin = steps.getFirst().startedAt();
        long end = steps.getLast().startedAt() + steps.getLast().nanos();
        double scale = (double) WIDTH / (end - begin);
        var rows = List.copyOf(labels.keySet());
        int height = TOP + ROW * rows.size() + FOOT + 30;
        var svg = new StringBuilder();
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                        + " font-family=\"sans-serif\" font-size=\"12\">",
                                LEFT + WIDTH + 20,
                                height))
                .append('\n');
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>"))
                .append('\n');
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<text x=\"10\" y=\"20\" font-size=\"15\">%s</text>",
                                title))
                .append('\n');
        legend(svg);
        for (int i = 0; i < rows.size(); i++) {
            svg.append(
                            String.format(
                                    Locale.ROOT,
                                    "<text x=\"10\" y=\"%d\">%s</text>",
                                    TOP + ROW * i + 15,
                                    labels.getOrDefault(rows.get(i), "")))
                    .append('\n');
        }
        for (var step : steps) {
            double x = LEFT + (step.startedAt() - begin) * scale;
            double width = Math.max(0.15, step.nanos() * scale);
            for (var work : step.work()) {
                int row = rows.indexOf(work.request());
                svg.append(
                                String.format(
                                        Locale.ROOT,
                                        "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>",
                                        x,
                                        TOP + ROW * row + 3,
                                        width,
                                        ROW - 6,
                                        work.decode() ? "#4c8dca" : "#e08a2e"))
                        .append('\n');
            }
        }
        utilization(svg, steps, begin, scale, TOP + ROW * rows.size() + 8);
        axis(svg, (end - begin) / 1e6, TOP + ROW * rows.size() + FOOT);
        return svg.append("</svg>\n").toString();
    }

    private static void legend(StringBuilder svg) {
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<rect x=\"%d\" y=\"30\" width=\"10\" height=\"10\" fill=\"#e08a2e\"/>",
                                LEFT))
                .append('\n');
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"39\">prompt</text>", LEFT + 15))
                .append('\n');
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<rect x=\"%d\" y=\"30\" width=\"10\" height=\"10\" fill=\"#4c8dca\"/>",
                                LEFT + 80))
                .append('\n');
        svg.append(
                        String.format(
                                Locale.ROOT, "<text x=\"%d\" y=\"39\">one token</text>", LEFT + 95))
                .append('\n');
    }

    private static void utilization(
            StringBuilder svg, List<Step> steps, long begin, double scale, int top) {
        int height = FOOT - 20;
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<text x=\"10\" y=\"%d\">KV cache in use</text>",
                                top + height))
                .append('\n');
        svg.append("<polyline fill=\"none\" stroke=\"#3b8f4c\" points=\"");
        for (var step : steps) {
            svg.append(
                    "%.1f,%.1f "
                            .formatted(
                                    LEFT + (step.startedAt() - begin) * scale,
                                    top + height * (1 - step.stats().kvCacheUtilization())));
        }
        svg.append(String.format(Locale.ROOT, "\"/>")).append('\n');
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">100 %%</text>",
                                LEFT - 4,
                                top + 8))
                .append('\n');
    }

    private static void axis(StringBuilder svg, double millis, int y) {
        svg.append(
                        String.format(
                                Locale.ROOT,
                                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"black\"/>",
                                LEFT,
                                y,
                                LEFT + WIDTH,
                                y))
                .append('\n');
        for (int i = 0; i <= 5; i++) {
            svg.append(
                            String.format(
                                    Locale.ROOT,
                                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.0f ms</text>",
                                    LEFT + i * WIDTH / 5,
                                    y + 16,
                                    millis * i / 5))
                    .append('\n');
        }
    }
}
