package io.pointsman.classifier.evaluation;

import io.pointsman.api.Kind;
import io.pointsman.api.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// How often a classifier gives prompts the tier that somebody else gave them.
///
/// @param rows prompts with their tiers
/// @param given per row, the classifier's tier; empty where it could not judge, which agrees with
///   nothing
public record TierReport(List<TierRow> rows, List<Optional<Tier>> given) {

    public TierReport {
        rows = List.copyOf(rows);
        given = List.copyOf(given);
    }

    /// What `judge` says of the rows' prompts.
    public static TierReport of(Function<String, Optional<Kind>> judge, List<TierRow> rows) {
        var given = rows.stream().map(row -> judge.apply(row.prompt()).map(Kind::tier)).toList();
        return new TierReport(rows, given);
    }

    /// The tables: overall, by tier, by language.
    public String text() {
        var overall = new Agreement();
        var languages = new TreeMap<String, Agreement>();
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            boolean agrees = given.get(i).equals(Optional.of(row.expected()));
            overall.add(agrees);
            var language = row.language().isEmpty() ? "(none)" : row.language();
            languages.computeIfAbsent(language, _ -> new Agreement()).add(agrees);
        }
        var table = new TextTable(List.of("language", "rows", "agreement"));
        languages.forEach((language, agreement) ->
                table.row(List.of(language, Integer.toString(agreement.rows), agreement.text())));
        return "agreement on the tier: %s of %d rows\n\n%s\n%s"
                .formatted(overall.text(), overall.rows, confusion(), table.text());
    }

    /// A row per expected tier, a column per given one.
    private String confusion() {
        var tiers = Tier.values();
        var header = new ArrayList<>(List.of("expected"));
        Arrays.stream(tiers).forEach(tier -> header.add("as " + tier));
        header.addAll(List.of("not judged", "agreement"));
        var table = new TextTable(header);
        for (var expected : tiers) {
            var agreement = new Agreement();
            var counts = new int[tiers.length + 1];
            for (int i = 0; i < rows.size(); i++) {
                if (rows.get(i).expected() == expected) {
                    counts[column(tiers, given.get(i))]++;
                    agreement.add(given.get(i).equals(Optional.of(expected)));
                }
            }
            var cells = new ArrayList<>(List.of(expected.name()));
            Arrays.stream(counts).forEach(count -> cells.add(Integer.toString(count)));
            cells.add(agreement.text());
            table.row(cells);
        }
        return table.text();
    }

    private static int column(Tier[] tiers, Optional<Tier> given) {
        return given.map(tier -> Arrays.asList(tiers).indexOf(tier)).orElse(tiers.length);
    }

    /// Writes `id,tier` lines under a header; the tier is empty where a prompt could not be judged.
    public void write(Path file) {
        var csv = new StringBuilder("id,tier\n");
        for (int i = 0; i < rows.size(); i++) {
            csv.append(OutputFile.quoted(rows.get(i).id()))
                    .append(',')
                    .append(given.get(i).map(Tier::name).orElse(""))
                    .append('\n');
        }
        OutputFile.write("tiers", csv.toString(), file);
    }

    /// Counts of agreement. Confined to one thread.
    private static final class Agreement {

        private int rows;
        private int agreeing;

        void add(boolean agrees) {
            rows++;
            agreeing += agrees ? 1 : 0;
        }

        String text() {
            return rows == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * agreeing / rows);
        }
    }
}
