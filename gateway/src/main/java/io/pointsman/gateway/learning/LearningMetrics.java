package io.pointsman.gateway.learning;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/// What was learned, in numbers. All series are there from the start. Thread-safe.
final class LearningMetrics {

    private final Map<LabelKey, Counter> labels = new HashMap<>();
    private final Map<ComparisonOutcome, Counter> comparisons =
            new EnumMap<>(ComparisonOutcome.class);
    private final CalibrationError calibrationError = new CalibrationError();
    private final Counter comparisonCost;

    LearningMetrics(MeterRegistry registry, InstantSource clock) {
        for (var origin : Origin.values()) {
            for (var side : Side.values()) {
                labels.put(
                        new LabelKey(origin, side),
                        Counter.builder("pointsman.labels")
                                .description("Scores of answers that the classifier learned")
                                .tag("origin", origin.name().toLowerCase(Locale.ROOT))
                                .tag("model", side.label())
                                .register(registry));
            }
        }
        for (var outcome : ComparisonOutcome.values()) {
            comparisons.put(
                    outcome,
                    Counter.builder("pointsman.comparisons")
                            .description("Requests chosen to be answered by both models")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        comparisonCost =
                Counter.builder("pointsman.comparison.cost.usd")
                        .description("Cost of comparisons and judges in US dollars")
                        .register(registry);
        Gauge.builder(
                        "pointsman.calibration.error",
                        calibrationError,
                        error -> error.value(clock.instant()))
                .description("Expected calibration error over the labels of the last day")
                .strongReference(true)
                .register(registry);
    }

    /// Counts `label`, given at `now` for a prompt of which `chances` were expected.
    void learned(Chances chances, Label label, Instant now) {
        learned(Side.FAST, label.fast(), chances, label.origin(), now);
        learned(Side.REASONER, label.reasoner(), chances, label.origin(), now);
    }

    private void learned(
            Side side, OptionalDouble score, Chances chances, Origin origin, Instant now) {
        if (score.isPresent()) {
            Objects.requireNonNull(labels.get(new LabelKey(origin, side))).increment();
            calibrationError.add(side.of(chances), score.getAsDouble(), now);
        }
    }

    /// Counts how a comparison ended.
    void compared(ComparisonOutcome outcome) {
        Objects.requireNonNull(comparisons.get(outcome)).increment();
    }

    /// Counts what a call in the background cost.
    void charged(BigDecimal cost) {
        comparisonCost.increment(cost.doubleValue());
    }

    private record LabelKey(Origin origin, Side side) {}
}
