package io.pointsman.classifier.evaluation;

import io.pointsman.api.Label;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a classifier has learned of labels, as tables and as pictures.
///
/// @param labels in any order
/// @param now which the last day ends at
public record LearningReport(List<LearnedLabel> labels, Instant now) {

    private static final int MOST_DAYS = 60;
    private static final String EVERYBODY = "(all tenants)";

    public LearningReport {
        labels = List.copyOf(labels);
    }

    /// The tables: labels by kind, task, tenant and day, the novelty share, and how well the
    /// expectations were calibrated.
    public String text() {
        if (labels.isEmpty()) {
            return "no labels yet\n";
        }
        return String.join(
                "\n",
                "%s, %s of them of novel prompts%n"
                        .formatted(plural(labels.size()), percent(noveltyShare(labels))),
                kinds(),
                counted("task", label -> label.task().name().toLowerCase(Locale.ROOT)),
                counted("tenant", LearningReport::tenant),
                days(),
                calibration());
    }

    /// The pictures, by the name of their file.
    public Map<String, String> pictures() {
        var pictures = new LinkedHashMap<String, String>();
        pictures.put("labels-per-day.svg", labelsPerDay());
        pictures.put("reliability.svg", reliability());
        pictures.put("novelty-per-day.svg", noveltyPerDay());
        return pictures;
    }

    private String kinds() {
        var table = new TextTable(List.of("origin", "fast model", "reasoner", "together"));
        for (var origin : Label.Origin.values()) {
            var some = labels.stream().filter(label -> label.origin() == origin).toList();
            long reasoner = some.stream().filter(LearnedLabel::reasonerSide).count();
            table.row(
                    List.of(
                            name(origin),
                            count(some.size() - reasoner),
                            count(reasoner),
                            count(some.size())));
        }
        return table.text();
    }

    private String counted(String what, Function<LearnedLabel, String> key) {
        var groups =
                labels.stream()
                        .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
        var table = new TextTable(List.of(what, "labels", "mean score", "novel"));
        groups.forEach((name, some) ->
                table.row(
                        List.of(
                                name,
                                count(some.size()),
                                Estimate.figure(
                                        some.stream()
                                                .mapToDouble(LearnedLabel::score)
                                                .average()
                                                .orElse(Double.NaN)),
                                percent(noveltyShare(some)))));
        return table.text();
    }

    private static String tenant(LearnedLabel label) {
        return label.tenant().isEmpty() ? EVERYBODY : label.tenant();
    }

    private String days() {
        var table = new TextTable(List.of("day (UTC)", "labels", "novel", "calibration error"));
        byDay().forEach((day, some) -> {
            if (!some.isEmpty()) {
                table.row(
                        List.of(
                                day.toString(),
                                count(some.size()),
                                percent(noveltyShare(some)),
                                Estimate.figure(calibrationError(some))));
            }
        });
        return table.text();
    }

    private String calibration() {
        var lastDay = lastDay();
        var text =
                new StringBuilder(
                        "calibration error: %s over the last day (%s), %s over all (%s)%n"
                                .formatted(
                                        Estimate.figure(calibrationError(lastDay)),
                                        plural(lastDay.size()),
                                        Estimate.figure(calibrationError(labels)),
                                        plural(labels.size())));
        text.append(reliabilityTable("last day", lastDay));
        return text.append(reliabilityTable("overall", labels)).toString();
    }

    private static String plural(long labels) {
        return labels == 1 ? "1 label" : count(labels) + " labels";
    }

    private static String reliabilityTable(String when, List<LearnedLabel> some) {
        var table = new TextTable(List.of(when + ": expected", "labels", "mean", "seen"));
        for (var bin : bins(some)) {
            int tenth = Math.clamp((int) Math.floor(bin.expected() * 10), 0, 9);
            table.row(
                    List.of(
                            String.format(
                                    Locale.ROOT, "%.1f to %.1f", tenth / 10.0, (tenth + 1) / 10.0),
                            count(bin.rows()),
                            Estimate.figure(bin.expected()),
                            Estimate.figure(bin.seen())));
        }
        return table.text();
    }

    private List<LearnedLabel> lastDay() {
        var since = now.minus(Duration.ofDays(1));
        return labels.stream()
                .filter(label -> label.at().isAfter(since) && !label.at().isAfter(now))
                .toList();
    }

    private String labelsPerDay() {
        var days = byDay();
        int most = days.values().stream().mapToInt(List::size).max().orElse(0);
        var chart =
                new Chart(
                        "Labels per day, by who labelled",
                        across(days),
                        Axis.counts("labels", most));
        var bottoms = new int[days.size()];
        for (var origin : Label.Origin.values()) {
            int series = Arrays.asList(Label.Origin.values()).indexOf(origin);
            chart.bars(series, name(origin));
            int day = 0;
            for (var entry : days.entrySet()) {
                int count =
                        (int) entry.getValue().stream().filter(l -> l.origin() == origin).count();
                if (count > 0) {
                    chart.bar(
                            series,
                            bar(day),
                            new Chart.Span(bottoms[day], bottoms[day] + count),
                            "%s, %s: %d".formatted(entry.getKey(), name(origin), count));
                }
                bottoms[day] += count;
                day++;
            }
        }
        return chart.svg();
    }

    private String noveltyPerDay() {
        var days = byDay();
        var chart =
                new Chart(
                        "Share of labels of novel prompts, per day",
                        across(days),
                        Axis.shares("of the day's labels"));
        chart.bars(0, "novel");
        int day = 0;
        for (var entry : days.entrySet()) {
            double share = noveltyShare(entry.getValue());
            if (share > 0) {
                chart.bar(
                        0,
                        bar(day),
                        new Chart.Span(0, share),
                        "%s: %s of %d"
                                .formatted(
                                        entry.getKey(), percent(share), entry.getValue().size()));
            }
            day++;
        }
        return chart.svg();
    }

    private String reliability() {
        var chart =
                new Chart(
                        "Expected scores against labels",
                        Axis.shares("expected score (mean of each tenth)"),
                        Axis.shares("score by the labels"));
        chart.reference(0, 1);
        drawn(chart, 0, "all labels", labels);
        drawn(chart, 1, "last day", lastDay());
        return chart.svg();
    }

    private static void drawn(Chart chart, int series, String name, List<LearnedLabel> some) {
        var bins = bins(some);
        chart.line(
                series,
                name,
                bins.stream().mapToDouble(Reliability.Bin::expected).toArray(),
                bins.stream().mapToDouble(Reliability.Bin::seen).toArray());
        for (var bin : bins) {
            chart.dot(
                    series,
                    bin.expected(),
                    bin.seen(),
                    "%s: expected %s, seen %s, %s"
                            .formatted(
                                    name,
                                    Estimate.figure(bin.expected()),
                                    Estimate.figure(bin.seen()),
                                    plural(bin.rows())));
        }
    }

    /// The labels of the last days up to that of the newest label, oldest first, days without any
    /// too.
    private Map<LocalDate, List<LearnedLabel>> byDay() {
        var days = new TreeMap<LocalDate, List<LearnedLabel>>();
        var last = labels.stream().map(LearningReport::day).max(LocalDate::compareTo);
        var first = labels.stream().map(LearningReport::day).min(LocalDate::compareTo);
        var newest = last.orElse(LocalDate.ofInstant(now, ZoneOffset.UTC));
        long span = Math.min(MOST_DAYS - 1, ChronoUnit.DAYS.between(first.orElse(newest), newest));
        for (long back = span; back >= 0; back--) {
            days.put(newest.minusDays(back), new ArrayList<>());
        }
        for (var label : labels) {
            var day = days.get(day(label));
            if (day != null) {
                day.add(label);
            }
        }
        return days;
    }

    private static LocalDate day(LearnedLabel label) {
        return LocalDate.ofInstant(label.at(), ZoneOffset.UTC);
    }

    private static Axis across(Map<LocalDate, List<LearnedLabel>> days) {
        return Axis.days(days.keySet().iterator().next(), days.size());
    }

    private static Chart.Span bar(int day) {
        return new Chart.Span(day + 0.12, day + 0.88);
    }

    private static double noveltyShare(Collection<LearnedLabel> some) {
        return some.isEmpty()
                ? Double.NaN
                : (double) some.stream().filter(LearnedLabel::novel).count() / some.size();
    }

    private static double calibrationError(List<LearnedLabel> some) {
        var reliability = expectations(some);
        return reliability.error(reliability.once());
    }

    private static List<Reliability.Bin> bins(List<LearnedLabel> some) {
        var reliability = expectations(some);
        return reliability.bins(reliability.once());
    }

    private static Reliability expectations(List<LearnedLabel> some) {
        return new Reliability(
                some.stream().mapToDouble(LearnedLabel::predicted).toArray(),
                some.stream().mapToDouble(LearnedLabel::score).toArray());
    }

    private static String name(Label.Origin origin) {
        return origin.name().toLowerCase(Locale.ROOT);
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
