package io.pointsman.benchmarks.load;

/// Something that the product promises to reach, and whether it did. Immutable.
///
/// @param figure that was reached; not a number if it could not be measured
/// @param most that is allowed
record Goal(String what, double figure, double most) {

    /// As a row of a table.
    ///
    /// @param rough whether the machine did so much else that neither answer can be trusted
    String row(boolean rough) {
        return Double.isNaN(figure)
                ? "| %s | | %s | not measured |".formatted(what, Report.number(most))
                : "| %s | %s | %s | %s |"
                        .formatted(
                                what,
                                Report.number(figure),
                                Report.number(most),
                                (rough ? "rough: " : "") + (figure <= most ? "yes" : "**no**"));
    }
}
