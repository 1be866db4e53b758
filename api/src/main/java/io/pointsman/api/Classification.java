package io.pointsman.api;

import java.util.List;

/// How hard a request is for the fast model of a pair, as a classifier sees it.
public sealed interface Classification {

    /// A score.
    ///
    /// @param difficulty in [0, 1]: how much an escalation to the reasoner is expected to pay
    /// @param reasons the strongest grounds in words, strongest first; never text of the prompt
    record Scored(double difficulty, List<String> reasons) implements Classification {
        public Scored {
            if (!(difficulty >= 0 && difficulty <= 1)) {
                throw new IllegalArgumentException("difficulty is in [0, 1], not " + difficulty);
            }
            reasons = List.copyOf(reasons);
        }
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
