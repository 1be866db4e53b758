package io.pointsman.serving.engine;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One request on its way through the engine: its choices, its reader, and what it has taken.
/// Confined to the engine's thread, but for its publisher.
final class Generation {

    /// A time that has not come.
    static final long NEVER = -1;

    private static final Duration LONGEST = Duration.ofDays(365);

    private final GenerationRequest request;
    private final SerialPublisher<Token> reader;
    private final long arrivedAt;
    private final List<Sequence> open = new ArrayList<>();
    private long number;
    private long scheduledAt = NEVER;
    private long firstTokenAt = NEVER;
    private int cachedTokens;
    private int completionTokens;
    private int reasoningTokens;
    private int preemptions;
    private long step = -1;
    private int due;

    Generation(GenerationRequest request, SerialPublisher<Token> reader, long arrivedAt) {
        this.request = request;
        this.reader = reader;
        this.arrivedAt = arrivedAt;
    }

    GenerationRequest request() {
        return request;
    }

    SerialPublisher<Token> reader() {
        return reader;
    }

    /// The place in the order of arrival.
    long number() {
        return number;
    }

    void arrived(long order) {
        number = order;
    }

    /// The choices that have not ended.
    List<Sequence> open() {
        return open;
    }

    void add(Sequence sequence) {
        open.add(sequence);
    }

    /// A choice has ended; says whether it was the last.
    boolean end(Sequence sequence) {
        open.remove(sequence);
        return open.isEmpty();
    }

    /// Whether the reader takes one more token of step `now`, beyond those due.
    boolean ready(long now) {
        return reader.demand() > (step == now ? due : 0);
    }

    /// A token of step `now` will be for the reader.
    void due(long now, int tokens) {
        due = (step == now ? due : 0) + tokens;
        step = now;
    }

    void scheduled(long now, int cached) {
        if (scheduledAt == NEVER) {
            scheduledAt = now;
            cachedTokens = cached;
        }
    }

    /// Whether anything of it was ever computed.
    boolean begun() {
        return scheduledAt != NEVER;
    }

    /// Whether its prompt is computed, so that all its choices are there.
    boolean started() {
        return firstTokenAt != NEVER;
    }

    /// Counts a sampled token; says whether it is the first.
    boolean sampled(long now) {
        completionTokens++;
        if (firstTokenAt != NEVER) {
            return false;
        }
        firstTokenAt = now;
        return true;
    }

    void thought(int tokens) {
        reasoningTokens += tokens;
    }

    void preempted() {
        preemptions++;
    }

    long arrivedAt() {
        return arrivedAt;
    }

    /// When it has to be done, if ever, on the engine's clock.
    long deadlineAt() {
        return request.deadline()
                .filter(time -> time.compareTo(LONGEST) < 0)
                .map(time -> arrivedAt + time.toNanos())
                .orElse(Long.MAX_VALUE);
    }

    /// What it has taken so far.
    Usage usage() {
        return new Usage(
                request.prompt().size(), cachedTokens, completionTokens, reasoningTokens, false);
    }

    EngineListener.Ended ended(Optional<FinishReason> reason, long now) {
        return new EngineListener.Ended(
                number, reason, usage(), preemptions, arrivedAt, scheduledAt, firstTokenAt, now);
    }
}
