package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.serving.grammar.JsonGrammar;
import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.model.StepPlan;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One choice of a request: its tokens, how many of them are computed, and the blocks where their
/// keys and values lie. Confined to the engine's thread.
final class Sequence {

    private final Generation generation;
    private final int choice;
    private final SamplingParameters sampling;
    private final TextSplitter text;
    private final ThinkingBudget thinking;
    private final @Nullable RepetitionGuard guard;
    private final @Nullable SeenTokens seen;
    private final @Nullable JsonGrammar grammar;
    private final int limit;
    private boolean running;
    private int shortWith = -1;
    private int[] tokens;
    private int length;
    private int computed;
    private int[] blocks = new int[8];
    private int blockCount;
    private int findableBlocks;
    private long prefix = PrefixCache.ROOT;
    private long lastTokenAt = Generation.NEVER;

    /// @param limit most tokens that prompt and completion have together
    /// @param closing what closes a thinking
    /// @param grammar what the answer is kept to, if to anything
    Sequence(
            Generation generation,
            int choice,
            int limit,
            TextSplitter text,
            int[] closing,
            @Nullable JsonGrammar grammar) {
        this.grammar = grammar;
        var request = generation.request();
        this.generation = generation;
        this.choice = choice;
        this.limit = limit;
        this.text = text;
        sampling = request.sampling().withSeed(request.sampling().seed() + choice);
        thinking = ThinkingBudget.of(request, limit - request.prompt().size(), closing);
        guard =
                request.repetitionGuard() == 0
                        ? null
                        : new RepetitionGuard(request.repetitionGuard());
        tokens = request.prompt().toArray();
        length = tokens.length;
        seen = sampling.penalizes() ? new SeenTokens() : null;
        if (seen != null) {
            for (int token : tokens) {
                seen.addPrompt(token);
            }
        }
    }

    Generation generation() {
        return generation;
    }

    int choice() {
        return choice;
    }

    SamplingParameters sampling() {
        return sampling;
    }

    /// The tokens that penalties go by, if there are any.
    @Nullable SeenTokens seen() {
        return seen;
    }

    /// The tokens that may be sampled next, one bit each; null for all.
    long @Nullable [] allowed() {
        return grammar == null || text.mayThink() ? null : grammar.allowed();
    }

    /// Whether it holds a place among those that have blocks.
    boolean running() {
        return running;
    }

    void running(boolean now) {
        running = now;
    }

    /// So many free blocks were not enough to let it in, or -1.
    int shortWith() {
        return shortWith;
    }

    void shortWith(int freeBlocks) {
        shortWith = freeBlocks;
    }

    int length() {
        return length;
    }

    int promptLength() {
        return generation.request().prompt().size();
    }

    int generated() {
        return length - promptLength();
    }

    /// Most tokens that it may generate.
    int mostTokens() {
        return limit - promptLength();
    }

    int token(int position) {
        return tokens[position];
    }

    /// How many tokens have their keys and values in the cache.
    int computed() {
        return computed;
    }

    /// How many tokens are to be computed before the next can be sampled.
    int remaining() {
        return length - computed;
    }

    /// Whether nothing but the token sampled last is to be computed.
    boolean decoding() {
        return remaining() == 1 && length > promptLength();
    }

    int blockCount() {
        return blockCount;
    }

    int block(int index) {
        return blocks[index];
    }

    void addBlock(int block) {
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * blockCount);
        }
        blocks[blockCount++] = block;
    }

    void replaceBlock(int index, int block) {
        blocks[index] = block;
    }

    /// Takes over the blocks that the cache has for the beginning of its tokens, all but the last
    /// token's at most.
    void reuse(BlockManager manager, int blockSize) {
        var salt = generation.request().cacheSalt();
        for (int end = blockSize; end < length; end += blockSize) {
            int block = manager.cache().find(prefix, salt, tokens, end - blockSize);
            if (block < 0) {
                return;
            }
            manager.retain(block);
            addBlock(block);
            prefix = manager.cache().nodeOf(block);
            findableBlocks++;
            computed = end;
        }
    }

    /// Shares the blocks of a choice whose prompt is computed; the prompt's last token is computed
    /// once more, for another token is sampled behind it.
    void share(Sequence other, BlockManager manager, int blockSize) {
        for (int i = 0; i < Math.ceilDiv(promptLength(), blockSize); i++) {
            manager.retain(other.block(i));
            addBlock(other.block(i));
        }
        computed = promptLength() - 1;
    }

    /// `count` more tokens are computed; blocks that are full now can be found by others.
    void compute(int count, BlockManager manager, int blockSize, boolean findable) {
        computed += count;
        var salt = generation.request().cacheSalt();
        while (findable && (findableBlocks + 1) * blockSize <= computed) {
            int from = findableBlocks * blockSize;
            prefix = manager.cache().add(prefix, salt, tokens, from, blocks[findableBlocks]);
            findableBlocks++;
        }
    }

    /// Gives all blocks back, the last first; what was computed has to be computed again.
    void releaseBlocks(BlockManager manager) {
        while (blockCount > 0) {
            manager.release(blocks[--blockCount]);
        }
        computed = 0;
        findableBlocks = 0;
        prefix = PrefixCache.ROOT;
    }

    /// What the next token has to be, or [StepPlan#NOTHING].
    int forced() {
        return thinking.forced(text);
    }

    /// When its last token was sampled.
    long lastTokenAt() {
        return lastTokenAt;
    }

    /// Takes a sampled token and says what the reader gets for it.
    Token append(int id, Optional<Token.Logprobs> logprobs, long now) {
        boolean forced = forced() != StepPlan.NOTHING;
        if (forced) {
            thinking.advance();
        }
        lastTokenAt = now;
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min(limit, 2L * length));
        }
        tokens[length++] = id;
        if (seen != null) {
            seen.addAnswer(id);
        }
        int thoughtBefore = text.reasoningTokens();
        if (grammar != null && !text.thinking()) {
            grammar.accept(id);
        }
        var piece = text.add(id);
        generation.thought(text.reasoningTokens() - thoughtBefore);
        if (piece.stopped()) {
            return last(id, piece, logprobs, FinishReason.STOP);
        }
        boolean circling = !forced && circling();
        if (length == limit || (circling && !text.thinking())) {
            return last(id, text.finish(piece), logprobs, FinishReason.LENGTH);
        }
        if (circling) {
            thinking.spend();
        }
        return new Token(choice, id, piece.text(), piece.reasoning(), logprobs, Optional.empty());
    }

    private boolean circling() {
        return guard != null && guard.circling(tokens, promptLength(), length);
    }

    private Token last(
            int id,
            TextSplitter.Piece piece,
            Optional<Token.Logprobs> logprobs,
            FinishReason reason) {
        return new Token(
                choice,
                id,
                piece.text(),
                piece.reasoning(),
                logprobs,
                Optional.of(new Token.End(reason, generation.usage())));
    }
}
