package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.RequestId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AskedTest {

    private static final Label BOTH = Label.ofBoth(0, 1, Origin.COMPARISON, 0.5);

    @Test
    void anothersWordCountsUntilTheClientHasSpoken() {
        var asked = asked("r", 1);
        asked.answered(new Asked.Answer("fast", Optional.of(Side.FAST)));
        var broken = Side.FAST.label(0, Origin.EVIDENCE, 0.7);
        var good = Side.FAST.label(1, Origin.FEEDBACK, 1);

        assertThat(asked.counting(broken)).contains(broken);
        assertThat(asked.counting(good)).contains(good);
        assertThat(asked.counting(broken)).isEmpty();
        assertThat(asked.counting(BOTH)).contains(Label.ofReasoner(1, Origin.COMPARISON, 0.5));
        assertThat(asked.counting(good)).contains(good);
    }

    @Test
    void namesItsOutcomeByIdAndPrompt() {
        assertThat(outcome(asked("r", 1))).isEqualTo(outcome(asked("r", 1)));
        assertThat(outcome(asked("r", 1))).isNotEqualTo(outcome(asked("r", 2)));
        assertThat(outcome(asked("r", 1))).isNotEqualTo(outcome(asked("s", 1)));
    }

    @Test
    void hasNothingToLearnWithoutATrace() {
        assertThat(asked(new Classification.Unknown(Classification.Cause.NO_TEXT)).basis())
                .isEmpty();
        assertThat(asked(Classification.Scored.of(0.5, List.of())).basis()).isEmpty();
    }

    private static String outcome(Asked asked) {
        return asked.outcome(asked.basis().orElseThrow());
    }

    private static Asked asked(String id, long prompt) {
        return new Asked(
                new RequestId(id),
                "a",
                Samples.scored(0.5, new Interval(0.4, 0.6), new Chances(0.5, 0.9), prompt));
    }

    private static Asked asked(Classification classification) {
        return new Asked(new RequestId("r"), "a", classification);
    }
}
