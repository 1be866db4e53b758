package io.pointsman.classifier.memory;

import io.pointsman.api.Label;
import java.time.Instant;

/// An outcome as it is kept.
///
/// @param id a hash of what names it
/// @param tenant whose it is; [OutcomeMemory#SHARED] where it counts for all
/// @param trace of its prompt
/// @param label how the models did
/// @param learned when the label came, to the second
public record RememberedOutcome(long id, String tenant, Trace trace, Label label, Instant learned) {

    /// This, with what `earlier`, of the same id, knows beyond it.
    RememberedOutcome joining(RememberedOutcome earlier) {
        return new RememberedOutcome(id, tenant, trace, earlier.label.joined(label), learned);
    }

    /// The same, of an equal sketch that is kept already, so that it is kept once.
    RememberedOutcome of(Sketch known) {
        return new RememberedOutcome(id, tenant, trace.of(known), label, learned);
    }
}
