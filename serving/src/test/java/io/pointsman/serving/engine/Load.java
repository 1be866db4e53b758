package io.pointsman.serving.engine;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.model.ModelRunner;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// An engine driven by hand, whose clock is what its steps cost: one unit each, and one for each
/// `tokensPerUnit` tokens. It keeps all that the engine tells.
final class Load implements EngineListener {

    static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());

    private final Random random = new Random(7);
    private final List<Step> steps = new ArrayList<>();
    private final List<Ended> ended = new ArrayList<>();
    private final int tokensPerUnit;
    private final Engine engine;
    private long now;

    /// A load on a runner that never ends by itself.
    Load(int blockSize, int tokenBudget, int maxSequences, int blocks, boolean prefixCaching) {
        this(
                new ScriptedRunner(
                        new RunnerLimits(
                                1 << 20,
                                TinyModel.VOCABULARY,
                                blockSize,
                                tokenBudget,
                                maxSequences),
                        _ -> 'a'),
                EngineOptions.DEFAULT
                        .withSteps(blockSize, tokenBudget, maxSequences)
                        .withKvCacheBytes(blocks)
                        .withPrefixCaching(prefixCaching),
                64);
    }

    Load(ModelRunner runner, EngineOptions options, int tokensPerUnit) {
        this.tokensPerUnit = tokensPerUnit;
        engine = new Engine(runner, TOKENIZER, options, this, () -> now, "test");
    }

    Engine engine() {
        return engine;
    }

    List<Step> steps() {
        return steps;
    }

    List<Ended> ended() {
        return ended;
    }

    /// What all steps have cost.
    long now() {
        return now;
    }

    /// A request with a prompt that no other begins like.
    Reader submit(int promptTokens, int maxTokens) {
        return submit(prompt(promptTokens), maxTokens);
    }

    Reader submit(TokenIds prompt, int maxTokens) {
        return Reader.of(
                engine.submit(GenerationRequest.builder(prompt).maxTokens(maxTokens).build()));
    }

    TokenIds prompt(int tokens) {
        return TokenIds.of(random.ints(tokens, 0, 256).toArray());
    }

    boolean turn() {
        return engine.turn();
    }

    void turn(int times) {
        for (int i = 0; i < times; i++) {
            turn();
        }
    }

    void finish() {
        while (turn()) {
            // Until there is nothing to do.
        }
        engine.checkIntegrity();
    }

    /// How many turns it takes until `reader` has `tokens` tokens.
    int turnsUntil(Reader reader, int tokens) {
        int turns = 0;
        while (reader.tokens().size() < tokens) {
            turn();
            if (turns++ > 1_000_000) {
                throw new AssertionError("it never comes");
            }
        }
        return turns;
    }

    @Override
    public void stepped(Step step) {
        steps.add(step);
        now += 1 + step.tokens() / tokensPerUnit;
    }

    @Override
    public void ended(Ended request) {
        ended.add(request);
    }
}
