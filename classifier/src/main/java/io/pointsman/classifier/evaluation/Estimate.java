package io.pointsman.classifier.evaluation;

import java.util.Locale;

/// A figure with its interval; not a number where there is nothing to measure.
///
/// @param value on the rows as they are
/// @param low the 2.5th percentile over resamples
/// @param high the 97.5th percentile over resamples
record Estimate(double value, double low, double high) {

    /// The same with `offset` added.
    Estimate plus(double offset) {
        return new Estimate(value + offset, low + offset, high + offset);
    }

    /// Such as `.752 [.731 .772]`.
    String text() {
        return Double.isNaN(value)
                ? "-"
                : "%s [%s %s]".formatted(figure(value), figure(low), figure(high));
    }

    /// In whole percent, such as `31 [28 34]`.
    String percent() {
        return Double.isNaN(value)
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f [%.0f %.0f]", 100 * value, 100 * low, 100 * high);
    }

    /// Three decimals, without the zero before the point; `-` where it is not a number.
    static String figure(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        var text = String.format(Locale.ROOT, "%.3f", value);
        if (text.equals("-0.000")) {
            return ".000";
        }
        return text.startsWith("0.")
                ? text.substring(1)
                : text.startsWith("-0.") ? "-" + text.substring(2) : text;
    }
}
