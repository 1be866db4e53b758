package io.pointsman.gateway.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The answer to a question about usage. Immutable.
///
/// @param query the question
/// @param rows by their keys
/// @param total of all rows
public record UsageReport(UsageQuery query, List<Row> rows, Totals total) {

    /// The order of keys.
    static final Comparator<List<String>> ORDER =
            (a, b) -> {
                for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                    int order = a.get(i).compareTo(b.get(i));
                    if (order != 0) {
                        return order;
                    }
                }
                return Integer.compare(a.size(), b.size());
            };

    public UsageReport {
        rows = List.copyOf(rows);
    }

    /// A row.
    ///
    /// @param key its labels, as the question orders them
    /// @param totals its sums
    public record Row(List<String> key, Totals totals) {
        public Row {
            key = List.copyOf(key);
        }
    }

    /// How much less the compared requests cost than on the reasoner, in percent with one decimal;
    /// empty where there is nothing to compare with.
    static Optional<BigDecimal> savingPercent(Totals totals) {
        if (totals.reasonerCost().signum() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                BigDecimal.valueOf(100)
                        .multiply(totals.reasonerCost().subtract(totals.comparedCost()))
                        .divide(totals.reasonerCost(), 1, RoundingMode.HALF_EVEN));
    }
}
