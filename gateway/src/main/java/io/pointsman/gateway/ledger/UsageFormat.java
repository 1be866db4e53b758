package io.pointsman.gateway.ledger;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a report is written. Labels may come from clients: control characters in them become spaces,
/// and a cell of CSV that a spreadsheet would take for a formula is marked as text.
public enum UsageFormat {
    /// For people.
    TABLE("text/plain;charset=UTF-8"),
    /// For spreadsheets.
    CSV("text/csv;charset=UTF-8"),
    /// For programs.
    JSON("application/json");

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private static final List<String> CSV_COLUMNS =
            List.of(
                    "requests",
                    "completed",
                    "cancelled",
                    "failed",
                    "estimated",
                    "attempts",
                    "prompt_tokens",
                    "cached_tokens",
                    "completion_tokens",
                    "reasoning_tokens",
                    "cost_usd",
                    "unpriced_attempts",
                    "compared_requests",
                    "compared_cost_usd",
                    "reasoner_cost_usd",
                    "saving_percent");

    private static final List<String> TABLE_COLUMNS =
            List.of(
                    "requests",
                    "completed",
                    "cancelled",
                    "failed",
                    "estimated",
                    "prompt",
                    "cached",
                    "completion",
                    "thinking",
                    "cost $",
                    "unpriced",
                    "on reasoner $",
                    "saving");

    private static final String UNKNOWN = "-";

    private final String mediaType;

    UsageFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /// Its media type.
    public String mediaType() {
        return mediaType;
    }

    /// The format that `name` names.
    ///
    /// @throws IllegalArgumentException that says which there are
    public static UsageFormat parse(String name) {
        return Arrays.stream(values())
                .filter(format -> format.label().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("format must be table, csv or json"));
    }

    /// Its name.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// `report` in this format, with a line end after the last line.
    public String write(UsageReport report) {
        return switch (this) {
            case TABLE -> table(report);
            case CSV -> csv(report);
            case JSON -> json(report);
        };
    }

    private static Stream<String> labels(UsageReport report) {
        return report.query().by().stream().map(UsageQuery.Dimension::label);
    }

    private static String csv(UsageReport report) {
        var lines = new ArrayList<String>();
        lines.add(
                Stream.concat(labels(report), CSV_COLUMNS.stream())
                        .collect(Collectors.joining(",")));
        for (var row : report.rows()) {
            lines.add(
                    Stream.concat(
                                    row.key().stream().map(UsageFormat::cell),
                                    csvCells(row.totals()).stream())
                            .collect(Collectors.joining(",")));
        }
        return String.join("\r\n", lines) + "\r\n";
    }

    private static List<String> csvCells(Totals it) {
        return List.of(
                Long.toString(it.requests()),
                Long.toString(it.completed()),
                Long.toString(it.cancelled()),
                Long.toString(it.failed()),
                Long.toString(it.estimated()),
                Long.toString(it.attempts()),
                Long.toString(it.promptTokens()),
                Long.toString(it.cachedTokens()),
                Long.toString(it.completionTokens()),
                Long.toString(it.reasoningTokens()),
                cost(it).map(UsageFormat::plain).orElse(""),
                Long.toString(it.unpriced()),
                Long.toString(it.compared()),
                compared(it, it.comparedCost()).map(UsageFormat::plain).orElse(""),
                compared(it, it.reasonerCost()).map(UsageFormat::plain).orElse(""),
                UsageReport.savingPercent(it).map(UsageFormat::plain).orElse(""));
    }

    private static String cell(String label) {
        var text = clean(label);
        var formula = !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0;
        var marked = formula ? "'" + text : text;
        return marked.indexOf(',') >= 0 || marked.indexOf('"') >= 0
                ? '"' + marked.replace("\"", "\"\"") + '"'
                : marked;
    }

    private static String clean(String label) {
        var clean = new StringBuilder(label.length());
        label.codePoints()
                .map(point -> visible(point) ? point : ' ')
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /// Whether a terminal shows the character and does nothing else with it.
    private static boolean visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    private static String json(UsageReport report) {
        var json = MAPPER.createObjectNode();
        var by = json.putArray("by");
        labels(report).forEach(by::add);
        json.put("from", report.query().firstHour().toString());
        json.put("to", report.query().to().toString());
        var rows = json.putArray("rows");
        for (var row : report.rows()) {
            var object = rows.addObject();
            var names = labels(report).toList();
            for (int i = 0; i < names.size(); i++) {
                object.put(names.get(i), clean(row.key().get(i)));
            }
            put(object, row.totals());
        }
        put(json.putObject("total"), report.total());
        return MAPPER.writeValueAsString(json) + "\n";
    }

    private static void put(ObjectNode json, Totals it) {
        json.put("requests", it.requests());
        json.put("completed", it.completed());
        json.put("cancelled", it.cancelled());
        json.put("failed", it.failed());
        json.put("estimated", it.estimated());
        json.put("attempts", it.attempts());
        json.put("prompt_tokens", it.promptTokens());
        json.put("cached_tokens", it.cachedTokens());
        json.put("completion_tokens", it.completionTokens());
        json.put("reasoning_tokens", it.reasoningTokens());
        json.put("cost_usd", cost(it).orElse(null));
        json.put("unpriced_attempts", it.unpriced());
        json.put("compared_requests", it.compared());
        json.put("compared_cost_usd", compared(it, it.comparedCost()).orElse(null));
        json.put("reasoner_cost_usd", compared(it, it.reasonerCost()).orElse(null));
        json.put("saving_percent", UsageReport.savingPercent(it).orElse(null));
    }

    private static String table(UsageReport report) {
        var lines = new ArrayList<List<String>>();
        lines.add(Stream.concat(labels(report), TABLE_COLUMNS.stream()).toList());
        for (var row : report.rows()) {
            lines.add(
                    Stream.concat(
                                    row.key().stream().map(UsageFormat::clean),
                                    tableCells(row.totals()))
                            .toList());
        }
        var keys = report.query().by().size();
        if (keys > 0) {
            var total = new ArrayList<String>();
            total.add("total");
            for (int i = 1; i < keys; i++) {
                total.add("");
            }
            tableCells(report.total()).forEach(total::add);
            lines.add(total);
        }
        return aligned(lines, keys);
    }

    private static Stream<String> tableCells(Totals it) {
        return Stream.of(
                grouped(it.requests()),
                grouped(it.completed()),
                grouped(it.cancelled()),
                grouped(it.failed()),
                share(it.estimated(), it.requests()),
                grouped(it.promptTokens()),
                grouped(it.cachedTokens()),
                grouped(it.completionTokens()),
                grouped(it.reasoningTokens()),
                cost(it).map(UsageFormat::plain).orElse(UNKNOWN),
                grouped(it.unpriced()),
                compared(it, it.reasonerCost()).map(UsageFormat::plain).orElse(UNKNOWN),
                UsageReport.savingPercent(it).map(it2 -> it2 + "%").orElse(UNKNOWN));
    }

    /// Labels to the left, numbers to the right.
    private static String aligned(List<List<String>> lines, int labels) {
        var widths = new int[lines.getFirst().size()];
        for (var line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (var line : lines) {
            var shown = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                var space = " ".repeat(widths[i] - line.get(i).length());
                shown.append(i == 0 ? "" : "  ");
                shown.append(i < labels ? line.get(i) + space : space + line.get(i));
            }
            text.append(shown.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String share(long part, long whole) {
        return whole == 0 ? UNKNOWN : Math.round(100.0 * part / whole) + "%";
    }

    /// What is known of the cost: nothing where no attempt has a price.
    private static Optional<BigDecimal> cost(Totals it) {
        return it.attempts() > 0 && it.unpriced() == it.attempts()
                ? Optional.empty()
                : Optional.of(it.cost());
    }

    private static Optional<BigDecimal> compared(Totals it, BigDecimal money) {
        return it.compared() == 0 ? Optional.empty() : Optional.of(money);
    }

    private static String plain(BigDecimal money) {
        return money.signum() == 0 ? "0" : money.stripTrailingZeros().toPlainString();
    }
}
