package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.serving.model.SamplingParameters;
import java.util.Arrays;
import java.util.Optional;

/// One request on its way through the engine: its tokens, how many of them are computed, and the
/// blocks where their keys and values lie. Confined to the engine's thread, but for its publisher.
final class Sequence {

    private final GenerationRequest request;
    private final SerialPublisher<Token> reader;
    private final TextSplitter splitter;
    private final int limit;
    private long arrival;
    private boolean running;
    private int[] tokens;
    private int length;
    private int computed;
    private int[] blocks = new int[8];
    private int blockCount;

    /// @param limit most tokens that prompt and completion have together
    Sequence(
            GenerationRequest request,
            int limit,
            TextSplitter splitter,
            SerialPublisher<Token> reader) {
        this.request = request;
        this.limit = limit;
        this.splitter = splitter;
        this.reader = reader;
        tokens = request.prompt().toArray();
        length = tokens.length;
    }

    SerialPublisher<Token> reader() {
        return reader;
    }

    SamplingParameters sampling() {
        return request.sampling();
    }

    /// The order of arrival, which is the order of precedence.
    long arrival() {
        return arrival;
    }

    void arrived(long order) {
        arrival = order;
    }

    /// Whether it holds a place among those that steps are made of.
    boolean running() {
        return running;
    }

    void running(boolean now) {
        running = now;
    }

    int length() {
        return length;
    }

    int promptLength() {
        return request.prompt().size();
    }

    int token(int position) {
        return tokens[position];
    }

    boolean generatedNothing() {
        return length == promptLength();
    }

    /// How many tokens have their keys and values in the cache.
    int computed() {
        return computed;
    }

    /// How many tokens are to be computed before the next can be sampled; 1 is a decode.
    int remaining() {
        return length - computed;
    }

    void compute(int count) {
        computed += count;
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

    /// Gives all blocks back, the last first; what was computed has to be computed again.
    void releaseBlocks(BlockManager manager) {
        while (blockCount > 0) {
            manager.release(blocks[--blockCount]);
        }
        computed = 0;
    }

    /// Takes a sampled token and says what the reader gets for it.
    Token append(int id) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(limit, 2 * length));
        }
        tokens[length++] = id;
        var piece = splitter.add(id);
        if (piece.stopped()) {
            return last(id, piece, FinishReason.STOP);
        }
        if (length == limit) {
            return last(id, splitter.finish(piece), FinishReason.LENGTH);
        }
        return new Token(
                0, id, piece.text(), piece.reasoning(), Optional.empty(), Optional.empty());
    }

    private Token last(int id, TextSplitter.Piece piece, FinishReason reason) {
        var usage =
                new Usage(
                        promptLength(),
                        0,
                        length - promptLength(),
                        splitter.reasoningTokens(),
                        false);
        return new Token(
                0,
                id,
                piece.text(),
                piece.reasoning(),
                Optional.empty(),
                Optional.of(new Token.End(reason, usage)));
    }
}
