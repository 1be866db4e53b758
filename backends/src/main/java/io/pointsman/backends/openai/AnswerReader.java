package io.pointsman.backends.openai;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkFacts;
import io.pointsman.api.wire.ChunkPattern;
import io.pointsman.api.wire.ChunkReader;
import io.pointsman.api.wire.ChunkWriter;
import io.pointsman.api.wire.JsonFields;
import io.pointsman.api.wire.SseDecoder;
import io.pointsman.api.wire.SseEncoder;
import io.pointsman.api.wire.ThinkRewriter;
import io.pointsman.api.wire.ToolCallIndexes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of one streamed answer into events. Confined to one answer, whose signals come
/// one after another.
///
/// Chunks that need no edit are given out with the bytes that came. Tool calls are numbered and
/// thinking is named as clients expect. Whatever the server does, the events end with one chunk of
/// usage and [ChatEvent.Finished]: usage that the server reports elsewhere is moved there, and
/// usage that it does not report is estimated.
final class AnswerReader {

    private static final int MAX_EVENT_BYTES = 8 << 20;
    private static final byte[] BARE_CHUNK =
            "{\"object\":\"chat.completion.chunk\"}".getBytes(StandardCharsets.UTF_8);

    private static final byte[] NO_CHOICES = {'[', ']'};

    private final SseDecoder decoder = new SseDecoder(MAX_EVENT_BYTES);
    private final OpenAiDialect dialect;
    private final ThinkRewriter rewriter;
    private final ToolCallIndexes toolCalls = new ToolCallIndexes();
    private final ChunkPattern pattern = new ChunkPattern();
    private final String backend;
    private final int estimatedPromptTokens;
    private byte[] latest = BARE_CHUNK;
    private @Nullable Chunk usageChunk;
    private Optional<Usage> usage = Optional.empty();
    private Optional<FinishReason> finishReason = Optional.empty();
    private long bytesLeft;
    private int latestText;
    private int repeats;
    private int deltas;
    private int reasoningDeltas;
    private boolean begun;
    private boolean finished;

    /// Reads the answer to `request` of the server that `settings` describe.
    AnswerReader(OpenAiSettings settings, ChatRequest request) {
        backend = settings.descriptor().name();
        dialect = settings.dialect();
        rewriter =
                new ThinkRewriter(settings.thinking(), dialect.reasoningField(), request.choices());
        estimatedPromptTokens = request.estimatedPromptTokens();
        bytesLeft = dialect.maxResponseBytes();
    }

    /// Adds the events that `length` of `bytes` from `from` on complete to `events`. The array may
    /// be used again after it.
    ///
    /// @throws FailureException if the answer is an error, no answer, too long or stuck; what came
    ///   before that is among the events
    void read(byte[] bytes, int from, int length, List<ChatEvent> events) {
        bytesLeft -= length;
        if (bytesLeft < 0) {
            throw broken(
                    "sent more than %,d bytes (limits.max-response-bytes)"
                            .formatted(dialect.maxResponseBytes()));
        }
        decoder.feed(bytes, from, length, payload -> readEvent(payload, events));
    }

    /// The events of an answer that is one chunk.
    List<ChatEvent> readWhole(byte[] chunk) {
        var events = new ArrayList<ChatEvent>();
        readEvent(chunk, events);
        finish(events);
        return events;
    }

    /// Adds the events that the end of the stream completes to `events`.
    ///
    /// @throws FailureException if the answer has no end
    void end(List<ChatEvent> events) {
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
        var chunk = ChunkReader.read(payload, dialect.reasoningTokens(), pattern);
        var facts = chunk.facts();
        var json = payload;
        if (facts.usage().isPresent()) {
            usage = facts.usage();
            json = chunk.withSoundUsage();
            usageChunk = chunk.chunk(json);
            if (!facts.choices()) {
                return;
            }
            // Usage is told once, in a chunk of its own.
            json = chunk.withoutUsage();
        } else if (chunk.unreadableUsage()) {
            // Nobody can count on it, and what is estimated stands in for it.
            if (!facts.choices()) {
                return;
            }
            json = chunk.withoutUsage();
        }
        if (facts.choices()) {
            latest = json;
            begun = true;
        }
        if (facts.toolCall()) {
            json = toolCalls.repair(json);
        }
        boundRepeats(chunk.textHash(), facts);
        add(rewriter.rewrite(chunk.chunk(json)), events);
    }

    /// Fails an answer that says the same again and again.
    private void boundRepeats(int text, ChunkFacts facts) {
        if (!facts.visible()) {
            return;
        }
        repeats = text != 0 && text == latestText ? repeats + 1 : 1;
        latestText = text;
        if (repeats == dialect.repeatedChunks()) {
            throw broken(
                    "repeated one piece of text %,d times (limits.repeated-chunks)"
                            .formatted(repeats));
        }
    }

    private FailureException broken(String what) {
        return new FailureException(
                new Failure.Broken("Backend '%s' %s.".formatted(backend, what)));
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
        if (!begun) {
            throw broken("ended its answer before it began");
        }
        finished = true;
        rewriter.finish(latest).ifPresent(rest -> add(rest, events));
        var total = usage.map(this::completed).orElseGet(this::estimate);
        events.add(usageChunk(total));
        events.add(new ChatEvent.Finished(finishReason.orElse(FinishReason.OTHER), total));
    }

    /// The chunk that tells `total`: the server's own, with all that it says beside the counts,
    /// where it has counted.
    private Chunk usageChunk(Usage total) {
        var told = usageChunk;
        if (told == null || total.estimated()) {
            return ChunkWriter.usage(told != null ? told.json() : latest, total);
        }
        if (!told.facts().choices()) {
            return told;
        }
        var json = JsonFields.with(told.json(), "choices", NO_CHOICES);
        return new Chunk(json, ChunkReader.facts(json));
    }

    /// What the server counted, with estimates for what it left out.
    private Usage completed(Usage counted) {
        if (!counted.estimated()) {
            return counted;
        }
        boolean prompt = counted.estimates().prompt();
        boolean completion = counted.estimates().completion();
        return new Usage(
                prompt ? estimatedPromptTokens : counted.promptTokens(),
                counted.cachedTokens(),
                completion ? deltas : counted.completionTokens(),
                completion ? reasoningDeltas : counted.reasoningTokens(),
                counted.estimates());
    }

    private Usage estimate() {
        return new Usage(estimatedPromptTokens, 0, deltas, reasoningDeltas, true);
    }
}
