package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.serving.model.ModelRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One generated token.
///
/// @param choice which of the request's answers it belongs to, from 0
/// @param id the model's id of it
/// @param text the whole characters that it completes; often those of earlier tokens too, and empty
///   for control tokens, for half a character, and while the text may yet become a stop text
/// @param reasoning whether `text` belongs to the thinking rather than to the answer
/// @param logprobs there if the request asked for them
/// @param end there on the last token of each choice only
public record Token(
        int choice,
        int id,
        String text,
        boolean reasoning,
        Optional<Logprobs> logprobs,
        Optional<End> end) {

    /// How a choice ended, and what the request has taken so far: on the last token of the last
    /// choice, what it took in all.
    public record End(FinishReason reason, Usage usage) {}

    /// How likely the token was, before temperature and cuts, as natural logarithms.
    ///
    /// @param top the likeliest tokens, best first, as many as were asked for
    public record Logprobs(float chosen, List<Alternative> top) {

        public Logprobs {
            top = List.copyOf(top);
        }

        static Logprobs of(ModelRunner.Logprobs logprobs) {
            var top = new ArrayList<Alternative>();
            for (int i = 0; i < logprobs.topIds().length; i++) {
                top.add(new Alternative(logprobs.topIds()[i], logprobs.top()[i]));
            }
            return new Logprobs(logprobs.chosen(), top);
        }
    }

    /// A token that could have been drawn.
    public record Alternative(int id, float logprob) {}
}
