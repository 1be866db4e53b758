package io.pointsman.classifier.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// What the outcomes of one prompt say together. However many there are, the prompt counts no more
/// than its weightiest label does; what the labels disagree on is averaged. Immutable.
final class PromptLabels {

    /// How much of the reasoner's error the fast model shares, and the other way round. Between
    /// kinds of prompts the public outcomes have slopes of .85 and .70, between prompts of a kind
    /// .34 and .24.
    private static final double FAST_WITH_REASONER = 0.6;

    private static final double REASONER_WITH_FAST = 0.25;

    /// How many outcomes of one prompt are kept: the newest.
    static final int MOST = 8;

    private final List<RememberedOutcome> outcomes;
    private final double halfLifeSeconds;

    /// The newest label's time: weights are of then.
    private final long newest;

    private final float weight;
    private final float fastWeight;
    private final float fast;
    private final float reasonerWeight;
    private final float reasoner;

    private PromptLabels(List<RememberedOutcome> outcomes, double halfLifeSeconds) {
        this.outcomes = List.copyOf(outcomes);
        this.halfLifeSeconds = halfLifeSeconds;
        this.newest =
                outcomes.stream()
                        .mapToLong(it -> it.learned().getEpochSecond())
                        .max()
                        .orElseThrow();
        var ofFast = new Mean();
        var ofReasoner = new Mean();
        for (var outcome : outcomes) {
            var label = outcome.label();
            double trust = label.trust() * decay(newest - outcome.learned().getEpochSecond());
            ofFast.add(label.fast(), outcome.trace().expectedFast(), trust);
            ofReasoner.add(label.reasoner(), outcome.trace().expectedReasoner(), trust);
        }
        this.fastWeight = (float) ofFast.largest;
        this.fast = (float) ofFast.mean();
        this.reasonerWeight = (float) ofReasoner.largest;
        this.reasoner = (float) ofReasoner.mean();
        this.weight = Math.max(fastWeight, reasonerWeight);
    }

    /// Those of a prompt with one outcome.
    static PromptLabels of(RememberedOutcome outcome, double halfLifeSeconds) {
        return new PromptLabels(List.of(outcome), halfLifeSeconds);
    }

    /// `outcome`, joined with the known one of its id.
    RememberedOutcome joined(RememberedOutcome outcome) {
        for (var known : outcomes) {
            if (known.id() == outcome.id()) {
                return outcome.joining(known);
            }
        }
        return outcome;
    }

    /// These and `outcome`, which takes the place of the one with its id; where there are too many,
    /// the oldest gives way.
    PromptLabels with(RememberedOutcome outcome) {
        var all = new ArrayList<RememberedOutcome>(outcomes.size() + 1);
        for (var known : outcomes) {
            if (known.id() != outcome.id()) {
                all.add(known);
            }
        }
        all.add(outcome.of(outcomes.getFirst().trace().sketch()));
        return new PromptLabels(
                all.subList(Math.max(0, all.size() - MOST), all.size()), halfLifeSeconds);
    }

    /// The outcomes, the one that was labelled last being last.
    List<RememberedOutcome> outcomes() {
        return outcomes;
    }

    /// Adds what they say of a prompt of this `similarity`, at `now` in seconds.
    void addTo(EvidenceSum sum, float similarity, long now) {
        double kernel =
                Math.pow(similarity, OutcomeMemory.KERNEL_POWER) * decay(Math.max(0, now - newest));
        sum.add(similarity, kernel * weight, gap());
        sum.addReasoner(kernel * reasonerWeight, reasoner);
    }

    /// By how much the reasoner's lead exceeded what was expected. Where one model was not asked,
    /// it is taken to have done worse or better than expected with the other, if less: how hard a
    /// kind of prompt is moves both.
    private double gap() {
        if (fastWeight == 0) {
            return reasoner - FAST_WITH_REASONER * reasoner;
        }
        return reasonerWeight == 0 ? REASONER_WITH_FAST * fast - fast : reasoner - fast;
    }

    private double decay(long seconds) {
        return Math.pow(0.5, seconds / halfLifeSeconds);
    }

    /// By how much one model exceeded what was expected of it, over the labels that tell. Confined
    /// to the constructor.
    private static final class Mean {

        private double largest;
        private double weights;
        private double excess;

        void add(OptionalDouble score, float expected, double weight) {
            if (score.isPresent()) {
                largest = Math.max(largest, weight);
                weights += weight;
                excess += weight * (score.getAsDouble() - expected);
            }
        }

        double mean() {
            return weights == 0 ? 0 : excess / weights;
        }
    }
}
