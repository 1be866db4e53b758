package io.pointsman.serving.engine;

import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.tokenizer.TokenIds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What to generate. Made by a [Builder], whose methods say what each part means.
public record GenerationRequest(
        TokenIds prompt,
        int choices,
        int maxTokens,
        OptionalInt thinkingBudget,
        SamplingParameters sampling,
        List<String> stop,
        Set<Integer> stopTokens,
        boolean ignoreEnd,
        boolean json,
        OptionalInt logprobs,
        int repetitionGuard,
        int priority,
        Optional<Duration> deadline,
        String cacheSalt) {

    /// Most alternatives whose log-probabilities can be asked for.
    public static final int MOST_LOGPROBS = 20;

    public GenerationRequest {
        if (prompt.size() == 0) {
            throw new IllegalArgumentException("the prompt is empty");
        }
        atLeast(1, choices, "choices");
        atLeast(1, maxTokens, "maxTokens");
        thinkingBudget.ifPresent(budget -> atLeast(0, budget, "thinkingBudget"));
        atLeast(0, repetitionGuard, "repetitionGuard");
        stop = List.copyOf(stop);
        stopTokens = Set.copyOf(stopTokens);
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop text is empty");
        }
        if (logprobs.isPresent()
                && (logprobs.getAsInt() < 0 || logprobs.getAsInt() > MOST_LOGPROBS)) {
            throw new IllegalArgumentException("logprobs must be from 0 to " + MOST_LOGPROBS);
        }
    }

    private static void atLeast(int least, int value, String what) {
        if (value < least) {
            throw new IllegalArgumentException(what + " is " + value + ", not at least " + least);
        }
    }

    /// Goes on from `prompt`, always with the likeliest token, until the model ends or the context
    /// is full.
    public static GenerationRequest greedy(TokenIds prompt) {
        return builder(prompt).build();
    }

    /// A greedy request that is yet to be refined.
    public static Builder builder(TokenIds prompt) {
        return new Builder(prompt);
    }

    /// Collects the parts of a request; confined to one thread.
    public static final class Builder {

        private final TokenIds prompt;
        private int choices = 1;
        private int maxTokens = Integer.MAX_VALUE;
        private OptionalInt thinkingBudget = OptionalInt.empty();
        private SamplingParameters sampling = SamplingParameters.GREEDY;
        private List<String> stop = List.of();
        private Set<Integer> stopTokens = Set.of();
        private boolean ignoreEnd;
        private boolean json;
        private OptionalInt logprobs = OptionalInt.empty();
        private int repetitionGuard;
        private int priority;
        private Optional<Duration> deadline = Optional.empty();
        private String cacheSalt = "";

        private Builder(TokenIds prompt) {
            this.prompt = prompt;
        }

        /// How many answers; they share the prompt's part of the KV cache. The seed of choice `i`
        /// is that of `sampling` plus `i`.
        public Builder choices(int count) {
            choices = count;
            return this;
        }

        /// Most tokens of each choice, thinking included; clipped to what the context leaves.
        public Builder maxTokens(int most) {
            maxTokens = most;
            return this;
        }

        /// Most tokens to think; then the thinking is closed and the answer follows. 0 closes it at
        /// once.
        public Builder thinkingBudget(int tokens) {
            thinkingBudget = OptionalInt.of(tokens);
            return this;
        }

        /// How tokens are drawn.
        public Builder sampling(SamplingParameters parameters) {
            sampling = parameters;
            return this;
        }

        /// Texts that end the answer and are not part of it; the thinking may contain them.
        public Builder stop(List<String> texts) {
            stop = texts;
            return this;
        }

        /// Tokens that end the answer, besides those with which the model ends.
        public Builder stopTokens(Set<Integer> ids) {
            stopTokens = ids;
            return this;
        }

        /// Goes on when the model ends, up to `maxTokens`: for benchmarks.
        public Builder ignoreEnd() {
            ignoreEnd = true;
            return this;
        }

        /// Keeps the answer to one JSON object; the thinking is free.
        public Builder json() {
            json = true;
            return this;
        }

        /// Tells each token's log-probability, and those of the `alternatives` likeliest tokens.
        public Builder logprobs(int alternatives) {
            logprobs = OptionalInt.of(alternatives);
            return this;
        }

        /// Gets out of a loop when the same tokens have come `times` times in a row: closes the
        /// thinking, or ends the answer. 0 lets loops run.
        public Builder repetitionGuard(int times) {
            repetitionGuard = times;
            return this;
        }

        /// What is served first when not all can be: the lower, as in vLLM.
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /// How long it may take from its arrival to its last token; then it fails.
        public Builder deadline(Duration time) {
            deadline = Optional.of(time);
            return this;
        }

        /// Who may share the prefix cache: requests with the same salt do.
        public Builder cacheSalt(String salt) {
            cacheSalt = salt;
            return this;
        }

        /// The request.
        ///
        /// @throws IllegalArgumentException where a part is out of its range
        public GenerationRequest build() {
            return new GenerationRequest(
                    prompt,
                    choices,
                    maxTokens,
                    thinkingBudget,
                    sampling,
                    stop,
                    stopTokens,
                    ignoreEnd,
                    json,
                    logprobs,
                    repetitionGuard,
                    priority,
                    deadline,
                    cacheSalt);
        }
    }
}
