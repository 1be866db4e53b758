package io.pointsman.benchmarks;

import io.pointsman.serving.engine.EngineListener.Step;
import io.pointsman.serving.engine.EngineListener.Work;
import java.util.List;
import java.util.Locale;

/// Draws an engine's steps as an SVG: a row for each request, a bar for each run of steps in which
/// it took part, and below how full the KV cache was. Confined to one thread.
final class Timeline {

    private static final String PROMPT = "#e08a2e";
    private static final String DECODE = "#4c8dca";
    private static final int WIDTH = 1000;
    private static final int LEFT = 110;
    private static final int ROW = 22;
    private static final int TOP = 48;
    private static final int CHART = 50;

    private final StringBuilder svg = new StringBuilder();
    private final List<Step> steps;
    private final long begin;
    private final long end;

    private Timeline(List<Step> steps) {
        this.steps = steps;
        begin = steps.getFirst().startedAt();
        end = steps.getLast().startedAt() + steps.getLast().nanos();
    }

    /// @param labels of the requests, which are numbered from 0
    static String svg(String title, List<Step> steps, List<String> labels) {
        return new Timeline(steps).draw(title, labels);
    }

    private String draw(String title, List<String> labels) {
        int bottom = TOP + ROW * labels.size();
        svg.append(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                .formatted(LEFT + WIDTH + 30, bottom + CHART + 40))
                .append(" font-family=\"sans-serif\" font-size=\"12\">\n");
        bar(0, 0, LEFT + WIDTH + 30, bottom + CHART + 40, "white");
        text(10, 20, "start", title);
        bar(LEFT, 30, 10, 10, PROMPT);
        text(LEFT + 15, 39, "start", "prompt");
        bar(LEFT + 80, 30, 10, 10, DECODE);
        text(LEFT + 95, 39, "start", "one token after the other");
        for (int i = 0; i < labels.size(); i++) {
            text(10, TOP + ROW * i + 15, "start", labels.get(i));
            row(i);
        }
        utilization(bottom + 8);
        for (int i = 0; i <= 5; i++) {
            int x = LEFT + i * WIDTH / 5;
            text(x, bottom + CHART + 28, "middle", (end - begin) * i / 5_000_000 + " ms");
        }
        return svg.append("</svg>\n").toString();
    }

    /// The bars of one request: steps that follow one another and do the same are one.
    private void row(int request) {
        double from = -1;
        double to = -1;
        boolean decode = false;
        for (var step : steps) {
            var work = step.work().stream().filter(it -> it.request() == request).findFirst();
            boolean same = work.isPresent() && from >= 0 && work.get().decode() == decode;
            if (from >= 0 && !same) {
                bar(from, TOP + ROW * request + 3, to - from, ROW - 6, decode ? DECODE : PROMPT);
                from = -1;
            }
            if (work.isPresent()) {
                from = from < 0 ? x(step.startedAt()) : from;
                to = x(step.startedAt() + step.nanos());
                decode = work.map(Work::decode).orElse(false);
            }
        }
        if (from >= 0) {
            bar(from, TOP + ROW * request + 3, to - from, ROW - 6, decode ? DECODE : PROMPT);
        }
    }

    private void utilization(int top) {
        text(10, top + CHART, "start", "KV cache in use");
        text(LEFT - 4, top + 8, "end", "100 %");
        svg.append("<polyline fill=\"none\" stroke=\"#3b8f4c\" points=\"");
        double before = -1;
        for (var step : steps) {
            double used = step.stats().kvCacheUtilization();
            if (used != before) {
                svg.append(number(x(step.startedAt()))).append(',');
                svg.append(number(top + CHART * (1 - used))).append(' ');
                before = used;
            }
        }
        svg.append("\"/>\n");
    }

    private double x(long nanos) {
        return LEFT + (double) WIDTH * (nanos - begin) / (end - begin);
    }

    private void bar(double x, int y, double width, int height, String color) {
        svg.append(
                "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\"/>%n"
                        .formatted(number(x), y, number(Math.max(0.3, width)), height, color));
    }

    private void text(int x, int y, String anchor, String text) {
        svg.append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n"
                        .formatted(x, y, anchor, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
