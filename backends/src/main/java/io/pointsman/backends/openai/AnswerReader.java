package io.pointsman.backends.openai;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkReader;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.SseDecoder;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.api.wire.ThinkRewriter;
import io.pointsman.api.wire.ThinkSplitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of one streamed answer into events. Confined to one answer, whose signals come
/// one after another.
///
/// Whatever the server does, the events end with one chunk of usage and [ChatEvent.Finished]: usage
/// that the server reports elsewhere is moved there, and usage that it does not report is
/// estimated.
final class AnswerReader {

    private static final int MAX_EVENT_BYTES = 8 << 20;
    private static final byte[] BARE_CHUNK =
            "{\"object\":\"chat.completion.chunk\"}".getBytes(StandardCharsets.UTF_8);

    private final SseDecoder decoder = new SseDecoder(MAX_EVENT_BYTES);
    private final ThinkRewriter rewriter;
    private final String backend;
    private final int estimatedPromptTokens;
    private byte[] latest = BARE_CHUNK;
    private @Nullable Chunk usageChunk;
    private Optional<Usage> usage = Optional.empty();
    private Optional<FinishReason> finishReason = Optional.empty();
    private int deltas;
    private int reasoningDeltas;
    private boolean finished;

    AnswerReader(String backend, ThinkSplitter.Mode thinking, int estimatedPromptTokens) {
        this.backend = backend;
        this.rewriter = new ThinkRewriter(thinking);
        this.estimatedPromptTokens = estimatedPromptTokens;
    }

    /// The events that `bytes` of a stream complete.
    List<ChatEvent> read(byte[] bytes) {
        var events = new ArrayList<ChatEvent>();
        decoder.feed(bytes, 0, bytes.length, payload -> readEvent(payload, events));
        return events;
    }

    /// The events of an answer that is one chunk.
    List<ChatEvent> readWhole(byte[] chunk) {
        var events = new ArrayList<ChatEvent>();
        readEvent(chunk, events);
        finish(events);
        return events;
    }

    /// The events that the end of the stream completes.
    ///
    /// @throws FailureException if the answer has no end
    List<ChatEvent> end() {
        var events = new ArrayList<ChatEvent>();
        try {
            decoder.finish(payload -> readEvent(payload, events));
        } catch (FailureException e) {
            // Half an event is no more than a sign of where the stream was cut.
            if (!(e.failure() instanceof Failure.Broken)) {
                throw e;
            }
        }
        if (!finished && finishReason.isEmpty()) {
            throw new FailureException(
                    new Failure.Broken(
                            "The answer of backend '%s' is truncated: it ended without a finish reason."
                                    .formatted(backend)));
        }
        finish(events);
        return events;
    }

    /// Whether the answer is complete even if the connection broke now.
    boolean complete() {
        return finished || finishReason.isPresent();
    }

    /// Whether [ChatEvent.Finished] has been given out.
    boolean finished() {
        return finished;
    }

    private void readEvent(byte[] payload, List<ChatEvent> events) {
        if (finished) {
            return;
        }
        if (SseEncoder.isDone(payload)) {
            finish(events);
            return;
        }
        var facts = ChunkReader.facts(payload);
        if (facts.usage().isPresent()) {
            usage = facts.usage();
            if (!facts.choices()) {
                usageChunk = new Chunk(payload, facts);
                return;
            }
        }
        if (facts.choices()) {
            latest = payload;
        }
        add(rewriter.rewrite(new Chunk(payload, facts)), events);
    }

    private void add(Chunk chunk, List<ChatEvent> events) {
        var facts = chunk.facts();
        if (finishReason.isEmpty()) {
            finishReason = facts.finishReason();
        }
        deltas += facts.visible() ? 1 : 0;
        reasoningDeltas += facts.reasoning() ? 1 : 0;
        events.add(chunk);
    }

    private void finish(List<ChatEvent> events) {
        if (finished) {
            return;
        }
        finished = true;
        rewriter.finish(latest).ifPresent(rest -> add(rest, events));
        var total = usage.orElseGet(this::estimate);
        events.add(usageChunk != null ? usageChunk : ChunkWriter.usage(latest, total));
        events.add(new ChatEvent.Finished(finishReason.orElse(FinishReason.OTHER), total));
    }

    private Usage estimate() {
        return new Usage(estimatedPromptTokens, 0, deltas, reasoningDeltas, true);
    }
}
