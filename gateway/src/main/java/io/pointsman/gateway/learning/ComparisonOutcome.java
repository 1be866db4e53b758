package io.pointsman.gateway.learning;

/// How the comparison of a chosen request ended: a metric's label.
enum ComparisonOutcome {
    /// Both answers could be checked and are the same.
    AGREED,
    /// Both answers could be checked and differ.
    DIFFERED,
    /// A judge decided.
    JUDGED,
    /// Nobody could decide.
    UNDECIDED,
    /// A call in the background failed.
    FAILED,
    /// Too many were waiting.
    DROPPED,
    /// The day's money was spent.
    OVER_BUDGET
}
