package io.pointsman.classifier.evaluation;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// A scale of a [Chart].
///
/// @param label what it measures, with its unit
/// @param low where it begins
/// @param high where it ends
/// @param ticks where it is marked
record Axis(String label, double low, double high, List<Tick> ticks) {

    private static final int MOST_DATES = 8;

    /// A mark.
    record Tick(double at, String text) {}

    Axis {
        if (!(low < high)) {
            throw new IllegalArgumentException("no scale from %s to %s".formatted(low, high));
        }
        ticks = List.copyOf(ticks);
    }

    /// From 0 to 100 %.
    static Axis shares(String label) {
        var ticks =
                IntStream.rangeClosed(0, 5)
                        .mapToObj(i -> new Tick(i / 5.0, 20 * i + " %"))
                        .toList();
        return new Axis(label, 0, 1, ticks);
    }

    /// Of scores from below `low` to above `high`, at round marks.
    static Axis scores(String label, double low, double high) {
        double step = step(Math.max(high - low, 0.01));
        long first = Math.round(Math.floor(low / step + 1e-9));
        long last = Math.max(first + 1, Math.round(Math.ceil(high / step - 1e-9)));
        var ticks = new ArrayList<Tick>();
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, String.format(Locale.ROOT, "%.2f", i * step)));
        }
        return new Axis(label, first * step, last * step, ticks);
    }

    /// Of whole numbers from 0 to above `highest`.
    static Axis counts(String label, double highest) {
        double step = Math.max(1, step(Math.max(highest, 1)));
        long last = Math.max(1, Math.round(Math.ceil(highest / step)));
        var ticks = new ArrayList<Tick>();
        for (long i = 0; i <= last; i++) {
            ticks.add(new Tick(i * step, String.format(Locale.ROOT, "%,.0f", i * step)));
        }
        return new Axis(label, 0, last * step, ticks);
    }

    /// Of days: the first from 0 to 1, the next from 1 to 2; some of them are named.
    static Axis days(LocalDate first, int count) {
        int step = (count + MOST_DATES - 1) / MOST_DATES;
        var ticks = new ArrayList<Tick>();
        for (int i = 0; i < count; i += step) {
            ticks.add(new Tick(i + 0.5, first.plusDays(i).toString()));
        }
        return new Axis("day (UTC)", 0, count, ticks);
    }

    /// One, two or five times a power of ten, for some five marks.
    private static double step(double range) {
        double power = Math.pow(10, Math.floor(Math.log10(range / 5)));
        double parts = range / 5 / power;
        return power * (parts <= 1 ? 1 : parts <= 2 ? 2 : parts <= 5 ? 5 : 10);
    }
}
