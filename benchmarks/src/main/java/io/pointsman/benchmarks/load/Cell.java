package io.pointsman.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What one interval showed of one gateway, or the median of several. Immutable; times are
/// microseconds, and what could not be measured is not a number.
///
/// @param cpu of the gateway for one request
/// @param perSecond requests that were answered
/// @param core share of its core that the gateway used
/// @param compiler share of that CPU that went into compiling: warm, it is next to nothing
/// @param others cores that anything but the rig used: above some hundredths, figures are rough
/// @param concurrency requests at a time
/// @param tokensPerRead tokens that arrive together: near 1, each token was a chunk of its own
/// @param failures share of requests that failed or ended early
record Cell(
        String scenario,
        String proxy,
        double cpu,
        double perSecond,
        double core,
        double compiler,
        double others,
        double concurrency,
        double tokensPerRead,
        double failures,
        double p50,
        double p90,
        double p99,
        double ttft50,
        double added50,
        double added90,
        double added99,
        double token50,
        double token99) {

    /// The median of each figure.
    static Cell median(List<Cell> cells) {
        var first = cells.getFirst();
        return new Cell(
                first.scenario,
                first.proxy,
                of(cells, Cell::cpu),
                of(cells, Cell::perSecond),
                of(cells, Cell::core),
                of(cells, Cell::compiler),
                of(cells, Cell::others),
                of(cells, Cell::concurrency),
                of(cells, Cell::tokensPerRead),
                of(cells, Cell::failures),
                of(cells, Cell::p50),
                of(cells, Cell::p90),
                of(cells, Cell::p99),
                of(cells, Cell::ttft50),
                of(cells, Cell::added50),
                of(cells, Cell::added90),
                of(cells, Cell::added99),
                of(cells, Cell::token50),
                of(cells, Cell::token99));
    }

    private static double of(List<Cell> cells, ToDoubleFunction<Cell> figure) {
        var sorted = cells.stream().mapToDouble(figure).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
