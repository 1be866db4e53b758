package io.pointsman.gateway.learning;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.PromptTrace;
import io.pointsman.api.RequestId;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What is kept of one request so that it can be learned from: hashes and figures, never text. A
/// hundred thousand of them stay in memory, so it has few parts. Thread-safe.
final class Asked {

    private final String id;
    private final String tenant;
    private final @Nullable PromptTrace trace;
    private final double fastChance;
    private final double reasonerChance;
    private @Nullable String answering;
    private @Nullable Side side;
    private boolean heard;

    /// @param classification what the classifier says of it
    Asked(RequestId id, String tenant, Classification classification) {
        this.id = id.value();
        this.tenant = tenant;
        var scored = classification instanceof Classification.Scored it ? it : null;
        this.trace = scored == null ? null : scored.trace().orElse(null);
        this.fastChance = scored == null ? 0 : scored.chances().fast();
        this.reasonerChance = scored == null ? 0 : scored.chances().reasoner();
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

    String id() {
        return id;
    }

    String tenant() {
        return tenant;
    }

    /// Empty where nothing can be learned.
    Optional<Basis> basis() {
        return trace == null
                ? Optional.empty()
                : Optional.of(new Basis(trace, new Chances(fastChance, reasonerChance)));
    }

    /// Whether anything can be learned.
    boolean learnable() {
        return trace != null;
    }

    /// The prompt's hash; empty where nothing can be learned.
    OptionalLong prompt() {
        return trace == null ? OptionalLong.empty() : OptionalLong.of(trace.hash());
    }

    /// The name of the outcome. The id alone would not do: clients propose ids, and whoever uses
    /// one for two prompts has two outcomes.
    String outcome(Basis from) {
        return id + "." + Long.toHexString(from.trace().hash());
    }

    /// Notes that the answer is complete.
    synchronized void answered(Answer by) {
        answering = by.pool();
        side = by.side().orElse(null);
    }

    /// Who answered; empty before the answer is complete.
    synchronized Optional<Answer> answer() {
        return answering == null
                ? Optional.empty()
                : Optional.of(new Answer(answering, Optional.ofNullable(side)));
    }

    /// What of `label` counts: where a client has given the answer a score, only a client changes
    /// it.
    synchronized Optional<Label> counting(Label label) {
        if (label.origin() == Origin.FEEDBACK) {
            heard = true;
        }
        if (!heard || label.origin() == Origin.FEEDBACK || side == null) {
            return Optional.of(label);
        }
        var other =
                switch (side) {
                    case FAST -> label.reasoner();
                    case REASONER -> label.fast();
                };
        return without(side, other, label);
    }

    private static Optional<Label> without(Side side, OptionalDouble other, Label label) {
        return other.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        side.other().label(other.getAsDouble(), label.origin(), label.trust()));
    }
}
