package io.pointsman.gateway.learning;

import io.pointsman.api.Label.Origin;
import io.pointsman.gateway.accounting.Ticker;
import java.time.Duration;
import java.util.Optional;

/// What the gateway sees of answers by itself: JSON that is none, and a prompt that a client sends
/// to the reasoner after the fast model has answered it. Thread-safe.
final class Evidence {

    /// How much broken JSON counts: the format is wrong for sure, the thought behind it may be
    /// right.
    static final double BROKEN_FORMAT_TRUST = 0.7;

    /// How much a second try counts: most come from a bad first answer, some from curiosity.
    static final double SECOND_TRY_TRUST = 0.4;

    static final Duration SECOND_TRY_WITHIN = Duration.ofMinutes(10);

    private static final int CAPACITY = 50_000;

    private final Labels labels;
    private final Latest answeredByFast;

    Evidence(Labels labels, Ticker ticker) {
        this.labels = labels;
        this.answeredByFast = new Latest(CAPACITY, SECOND_TRY_WITHIN, ticker);
    }

    /// Notes that the gateway's own choice led to the fast model, which has answered.
    void fastAnswered(Asked asked) {
        asked.prompt().ifPresent(prompt -> answeredByFast.add(prompt, asked));
    }

    /// Takes the request before, where `asked`, which the reasoner has answered though the gateway
    /// did not choose it, is a second try; it counts once.
    Optional<Asked> firstTry(Asked asked) {
        return asked.prompt().isPresent()
                ? answeredByFast.remove(
                        asked.prompt().getAsLong(), first -> first.tenant().equals(asked.tenant()))
                : Optional.empty();
    }

    /// Learns that `first` was tried again on the reasoner.
    void triedAgain(Asked first) {
        labels.learn(first, Side.FAST.label(0, Origin.EVIDENCE, SECOND_TRY_TRUST));
    }

    /// Learns that `side` broke the contract, if `answer` does.
    void check(Asked asked, Side side, JsonContract contract, String answer) {
        if (contract.brokenBy(answer)) {
            labels.learn(asked, side.label(0, Origin.EVIDENCE, BROKEN_FORMAT_TRUST));
        }
    }
}
