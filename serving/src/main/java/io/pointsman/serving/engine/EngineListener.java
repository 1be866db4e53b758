package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.util.List;
import java.util.Optional;

/// Is told what an engine does, on the engine's thread: it must be quick. Times are nanoseconds of
/// the engine's clock.
public interface EngineListener {

    /// Hears nothing.
    EngineListener NONE = new EngineListener() {};

    /// After each step.
    default void stepped(Step step) {}

    /// After each token that a reader got.
    ///
    /// @param first whether it is its request's first
    /// @param nanos since the request's arrival for the first, else since the choice's last token
    default void emitted(boolean first, long nanos) {}

    /// When a request has ended, whatever ended it.
    default void ended(Ended request) {}

    /// One step.
    ///
    /// @param number from 0
    /// @param startedAt when scheduling began
    /// @param forwardNanos how long the runner took
    /// @param nanos how long all of it took
    record Step(
            long number,
            long startedAt,
            long forwardNanos,
            long nanos,
            List<Work> work,
            EngineStats stats) {

        public Step {
            work = List.copyOf(work);
        }

        /// Tokens computed.
        public int tokens() {
            return work.stream().mapToInt(Work::tokens).sum();
        }
    }

    /// What a step computed of one sequence.
    ///
    /// @param request the request's number in the order of arrival
    /// @param tokens how many of its tokens; 1 is a decode unless it is the end of a prompt
    /// @param decode whether nothing but the last generated token had to be computed
    record Work(long request, int choice, int tokens, boolean decode) {}

    /// A request that is over.
    ///
    /// @param reason how its last choice ended, absent where it was cancelled or failed
    /// @param scheduledAt when its first token was computed, or -1
    /// @param firstTokenAt when its first token was sampled, or -1
    record Ended(
            long request,
            Optional<FinishReason> reason,
            Usage usage,
            int preemptions,
            long arrivedAt,
            long scheduledAt,
            long firstTokenAt,
            long endedAt) {}
}
