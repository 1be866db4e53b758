package io.pointsman.gateway.learning;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.PromptTrace;
import io.pointsman.api.RequestId;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What is kept of one request so that it can be learned from: hashes and figures, never text.
/// Thread-safe.
final class Asked {

    private final RequestId id;
    private final String tenant;
    private final Optional<Basis> basis;
    private @Nullable Answer answer;
    private boolean heard;

    /// @param classification what the classifier says of it
    Asked(RequestId id, String tenant, Classification classification) {
        this.id = id;
        this.tenant = tenant;
        this.basis =
                switch (classification) {
                    case Classification.Scored scored ->
                            scored.trace().map(trace -> new Basis(trace, scored.chances()));
                    case Classification.Unknown _ -> Optional.empty();
                };
    }

    /// What a label of it is learned with.
    ///
    /// @param trace the prompt, as far as the classifier needs it
    /// @param chances what was expected of both answers
    record Basis(PromptTrace trace, Chances chances) {}

    /// Who answered.
    ///
    /// @param side empty where it was neither of the pair
    record Answer(String pool, Optional<Side> side) {}

    String tenant() {
        return tenant;
    }

    /// Empty where nothing can be learned.
    Optional<Basis> basis() {
        return basis;
    }

    /// The name of the outcome. The id alone would not do: clients propose ids, and whoever uses
    /// one for two prompts has two outcomes.
    String outcome(Basis from) {
        return id.value() + "." + Long.toHexString(from.trace().hash());
    }

    /// Notes that the answer is complete.
    synchronized void answered(Answer by) {
        answer = by;
    }

    /// Who answered; empty before the answer is complete.
    synchronized Optional<Answer> answer() {
        return Optional.ofNullable(answer);
    }

    /// What of `label` counts: where a client has given the answer a score, only a client changes
    /// it.
    synchronized Optional<Label> counting(Label label) {
        if (label.origin() == Origin.FEEDBACK) {
            heard = true;
        }
        var side = answer == null ? Optional.<Side>empty() : answer.side();
        if (!heard || label.origin() == Origin.FEEDBACK || side.isEmpty()) {
            return Optional.of(label);
        }
        var other =
                switch (side.get()) {
                    case FAST -> label.reasoner();
                    case REASONER -> label.fast();
                };
        return without(side.get(), other, label);
    }

    private static Optional<Label> without(Side side, OptionalDouble other, Label label) {
        return other.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        side.other().label(other.getAsDouble(), label.origin(), label.trust()));
    }
}
