package io.pointsman.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// How hard a request is for the fast model of a pair, as a classifier sees it.
public sealed interface Classification {

    /// How wide the interval of a score is at least that is too unsure to decide.
    double UNSURE_WIDTH = 0.8;

    /// Why a score should not decide: the request then goes the policy's default way.
    enum Doubt {
        /// Too unlike all that the classifier has outcomes for.
        NOVEL,
        /// The interval is too wide.
        UNSURE
    }

    /// A score.
    ///
    /// @param difficulty in [0, 1]: how much an escalation to the reasoner is expected to pay
    /// @param certainty how sure the difficulty is
    /// @param chances how good the answers of the two models are expected to be
    /// @param thinkingTokens how long the reasoner is expected to think; empty where the head was
    ///   fitted on rows that do not tell
    /// @param reasons the strongest grounds in words, strongest first; never text of the prompt;
    ///   nobody writes to the list, which may find its words only when it is read
    /// @param trace for learning the outcome later; empty where nothing can be learned
    record Scored(
            double difficulty,
            Certainty certainty,
            Chances chances,
            OptionalInt thinkingTokens,
            List<String> reasons,
            Optional<PromptTrace> trace)
            implements Classification {
        public Scored {
            if (!(difficulty >= 0 && difficulty <= 1)) {
                throw new IllegalArgumentException("difficulty is in [0, 1], not " + difficulty);
            }
        }

        /// Where the difficulty lies with 80 % confidence.
        public Interval interval() {
            return certainty.interval();
        }

        /// How far the prompt is from all that the classifier has outcomes for.
        public Novelty novelty() {
            return certainty.novelty();
        }

        /// Why the score should not decide; empty where it may.
        public Optional<Doubt> doubt() {
            return certainty.doubt();
        }

        /// A score that is certain and of a known kind.
        public static Scored of(double difficulty, List<String> reasons) {
            return new Scored(
                    difficulty,
                    Certainty.of(new Interval(difficulty, difficulty), Novelty.NONE),
                    new Chances(1 - difficulty, 1),
                    OptionalInt.empty(),
                    reasons,
                    Optional.empty());
        }
    }

    /// How sure a score is. Safe for use by many threads; a classifier may find out only when it is
    /// asked, since most requests ask for the doubt alone.
    interface Certainty {

        /// Where the difficulty lies with 80 % confidence.
        Interval interval();

        /// How far the prompt is from all that the classifier has outcomes for.
        Novelty novelty();

        /// Why the score should not decide; empty where it may.
        default Optional<Doubt> doubt() {
            if (novelty().novel()) {
                return Optional.of(Doubt.NOVEL);
            }
            return interval().width() > UNSURE_WIDTH ? Optional.of(Doubt.UNSURE) : Optional.empty();
        }

        /// A certainty that is known already.
        static Certainty of(Interval interval, Novelty novelty) {
            return new Known(interval, novelty);
        }
    }

    /// A certainty that is known already.
    record Known(Interval interval, Novelty novelty) implements Certainty {}

    /// A range within [0, 1], ends included.
    record Interval(double low, double high) {
        public Interval {
            if (!(low >= 0 && low <= high && high <= 1)) {
                throw new IllegalArgumentException(
                        "not a range in [0, 1]: %s to %s".formatted(low, high));
            }
        }

        public double width() {
            return high - low;
        }
    }

    /// The probabilities that an answer is good enough, each in [0, 1].
    record Chances(double fast, double reasoner) {}

    /// How unlike a prompt is to all known ones.
    ///
    /// @param measure in [0, 1]: one minus the similarity of the nearest known prompt
    /// @param novel whether that is more than nearly all prompts that the head was fitted on; a
    ///   policy's conditions on difficulty do not hold for such a prompt
    record Novelty(double measure, boolean novel) {
        public static final Novelty NONE = new Novelty(0, false);
    }

    /// The classifier cannot tell; policies send such a request to their default pool.
    ///
    /// @param cause why, from a fixed set: it is a metric's label
    record Unknown(Cause cause) implements Classification {}

    /// Why there is no score.
    enum Cause {
        /// The request has no text of a user's.
        NO_TEXT,
        /// The classifier threw.
        FAILED,
        /// The client named the route, so nobody asked.
        NOT_ASKED
    }
}
