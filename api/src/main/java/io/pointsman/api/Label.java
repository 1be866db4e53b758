package io.pointsman.api;

import java.util.OptionalDouble;

/// How models did on one prompt: scores in [0, 1], 1 for a fully good answer.
///
/// @param fast of the fast model; empty where it was not asked
/// @param reasoner of the reasoner; empty where it was not asked
/// @param origin who says so
/// @param trust how much the label counts, in (0, 1]: 1 for a person's or a grader's word
public record Label(OptionalDouble fast, OptionalDouble reasoner, Origin origin, double trust) {

    /// Who labelled; a fixed set, since it is a metric's label.
    public enum Origin {
        /// A file of outcomes.
        FILE,
        /// A client, by `POST /v1/feedback`.
        FEEDBACK,
        /// The gateway saw it itself: a broken format, a second try on the reasoner.
        EVIDENCE,
        /// Both models answered and the answers were compared.
        COMPARISON
    }

    public Label {
        if (fast.isEmpty() && reasoner.isEmpty()) {
            throw new IllegalArgumentException("a label has a score");
        }
        check(fast.orElse(0), 0, "a score");
        check(reasoner.orElse(0), 0, "a score");
        check(trust, Double.MIN_VALUE, "trust");
    }

    private static void check(double value, double least, String what) {
        if (!(value >= least && value <= 1)) {
            throw new IllegalArgumentException(what + " is in [0, 1], not " + value);
        }
    }

    /// A score of the fast model alone.
    public static Label ofFast(double score, Origin origin, double trust) {
        return new Label(OptionalDouble.of(score), OptionalDouble.empty(), origin, trust);
    }

    /// A score of the reasoner alone.
    public static Label ofReasoner(double score, Origin origin, double trust) {
        return new Label(OptionalDouble.empty(), OptionalDouble.of(score), origin, trust);
    }

    /// Scores of both.
    public static Label ofBoth(double fast, double reasoner, Origin origin, double trust) {
        return new Label(OptionalDouble.of(fast), OptionalDouble.of(reasoner), origin, trust);
    }

    /// The scores of both labels, those of `later` where both have one.
    public Label joined(Label later) {
        return new Label(
                later.fast.isPresent() ? later.fast : fast,
                later.reasoner.isPresent() ? later.reasoner : reasoner,
                later.origin,
                later.trust);
    }
}
