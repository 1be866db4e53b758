package io.pointsman.classifier;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Doubt;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.classifier.memory.Evidence;
import io.pointsman.classifier.memory.KnownPrompts;
import io.pointsman.classifier.memory.Sketch;
import java.util.Objects;
import java.util.Optional;

/// How sure a score is, as far as somebody asks. Whether to doubt it is told by the first known
/// prompt that is not too far away; interval and novelty need the nearest, whose search takes
/// several times as long. Immutable; safe for use by many threads.
final class ScoreCertainty implements Classification.Certainty {

    /// The standard deviation of one outcome's gap around its kind's.
    private static final double OUTCOME_NOISE = 0.4;

    /// Standard deviations on each side that hold 80 % of a normal distribution.
    private static final double EIGHTY_PERCENT = 1.2816;

    private static final Optional<Doubt> NOVEL = Optional.of(Doubt.NOVEL);
    private static final Optional<Doubt> UNSURE = Optional.of(Doubt.UNSURE);

    private final Head head;
    private final KnownPrompts known;
    private final Sketch sketch;
    private final Evidence evidence;
    private final double gap;
    private final boolean novel;
    private final Optional<Doubt> doubt;

    /// Of `gap` as `head` and `evidence` have it, of a prompt that looks like `sketch`.
    ///
    /// @param known the head's known prompts
    ScoreCertainty(Head head, KnownPrompts known, Sketch sketch, Evidence evidence, double gap) {
        this.head = head;
        this.known = known;
        this.sketch = sketch;
        this.evidence = evidence;
        this.gap = gap;
        double far = head.spread().far();
        novel = evidence.nearest() < far && !known.reaches(sketch, far);
        doubt = novel ? NOVEL : unsure() ? UNSURE : Optional.empty();
    }

    /// No interval is wider than that of a prompt from far away.
    private boolean unsure() {
        return interval(head.spread().far()).width() > Classification.UNSURE_WIDTH
                && interval().width() > Classification.UNSURE_WIDTH;
    }

    /// Whether the prompt is too unlike all that is known.
    boolean novel() {
        return novel;
    }

    @Override
    public Optional<Doubt> doubt() {
        return doubt;
    }

    @Override
    public Interval interval() {
        return interval(nearest());
    }

    @Override
    public Novelty novelty() {
        return new Novelty(1 - nearest(), novel);
    }

    private double nearest() {
        return Math.max(evidence.nearest(), known.nearest(sketch));
    }

    /// Outcomes narrow the interval as they do the variance of a mean.
    private Interval interval(double nearest) {
        double deviation = head.spread().at(nearest);
        double variance = deviation * deviation;
        double left = variance / (1 + evidence.mass() * variance / (OUTCOME_NOISE * OUTCOME_NOISE));
        double half = EIGHTY_PERCENT * Math.sqrt(left);
        return new Interval(head.difficulty(gap - half), head.difficulty(gap + half));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Classification.Certainty that
                && interval().equals(that.interval())
                && novelty().equals(that.novelty());
    }

    @Override
    public int hashCode() {
        return Objects.hash(interval(), novelty());
    }

    @Override
    public String toString() {
        return interval() + ", " + novelty();
    }
}
