package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.FinishReason;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an engine tells its listener, by a clock that moves by a second each turn.
class EngineListenerTest implements EngineListener {

    private static final long SECOND = 1_000_000_000;

    private final List<Step> steps = new ArrayList<>();
    private final List<Long> firstTokens = new ArrayList<>();
    private final List<Long> gaps = new ArrayList<>();
    private final List<Ended> ended = new ArrayList<>();
    private long now;

    @Test
    void tellsOfStepsTokensAndEnds() {
        var engine = engine(100, 8);
        now = 5 * SECOND;
        var reader = Reader.of(engine.submit(request(30, 4)));
        turn(engine, 10);

        assertThat(reader.ended()).isTrue();
        assertThat(steps).extracting(Step::tokens).containsExactly(16, 14, 1, 1, 1);
        assertThat(steps.getFirst().work()).containsExactly(new Work(0, 0, 16, false));
        assertThat(steps.getLast().work()).containsExactly(new Work(0, 0, 1, true));
        assertThat(steps.getFirst().startedAt()).isEqualTo(6 * SECOND);
        assertThat(steps.getFirst().stats().running()).isEqualTo(1);
        assertThat(firstTokens).containsExactly(2 * SECOND);
        assertThat(gaps).containsExactly(SECOND, SECOND, SECOND);
        var end = ended.getFirst();
        assertThat(end.reason()).contains(FinishReason.LENGTH);
        assertThat(end.usage().completionTokens()).isEqualTo(4);
        assertThat(end.arrivedAt()).isEqualTo(5 * SECOND);
        assertThat(end.scheduledAt()).isEqualTo(6 * SECOND);
        assertThat(end.firstTokenAt()).isEqualTo(7 * SECOND);
        assertThat(end.endedAt()).isEqualTo(10 * SECOND);
        assertThat(end.preemptions()).isZero();
    }

    @Test
    void tellsOfThoseThatLeave() {
        var engine = engine(100, 8);
        var waiting = Reader.asking(0, engine.submit(request(5, 4)));
        var running = Reader.of(engine.submit(request(5, 40)));
        turn(engine, 3);
        waiting.cancel();
        running.cancel();
        turn(engine, 1);

        assertThat(ended).extracting(Ended::reason).allMatch(reason -> reason.isEmpty()).hasSize(2);
        assertThat(ended.getFirst().scheduledAt()).isEqualTo(Generation.NEVER);
        assertThat(ended.getLast().usage().completionTokens()).isEqualTo(3);
    }

    @Test
    void saysWhenToTryAgain() {
        var engine = engine(100, 2);
        assertThat(retryAfter(engine)).isEqualTo(Duration.ofSeconds(1));
        turn(engine, 200);

        // One ended each second of late, for each took a step.
        assertThat(retryAfter(engine)).isEqualTo(Duration.ofSeconds(1));
        now += 1_000 * SECOND;
        Reader.of(engine.submit(request(5, 1)));
        turn(engine, 30);
        assertThat(retryAfter(engine)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    /// Fills the queue, and asks for one more.
    private Duration retryAfter(Engine engine) {
        for (int i = 0; i < 6; i++) {
            Reader.of(engine.submit(request(5, 1)));
        }
        var refused = Reader.of(engine.submit(request(5, 1)));
        var rejection = ((EngineException) refused.failure()).rejection();
        return ((EngineRejection.QueueFull) rejection).retryAfter();
    }

    private Engine engine(int blocks, int queueCapacity) {
        var limits = new RunnerLimits(1000, TinyModel.VOCABULARY, 4, 16, 4);
        var options =
                EngineOptions.DEFAULT
                        .withSteps(4, 16, 4)
                        .withKvCacheBytes(blocks)
                        .withQueueCapacity(queueCapacity);
        return new Engine(
                new ScriptedRunner(limits, _ -> 'a'),
                Load.TOKENIZER,
                options,
                this,
                () -> now,
                "test");
    }

    private static GenerationRequest request(int promptTokens, int maxTokens) {
        return GenerationRequest.builder(TokenIds.of(new int[promptTokens]))
                .maxTokens(maxTokens)
                .build();
    }

    private void turn(Engine engine, int times) {
        for (int i = 0; i < times; i++) {
            now += SECOND;
            engine.turn();
        }
    }

    @Override
    public void stepped(Step step) {
        steps.add(step);
    }

    @Override
    public void emitted(boolean first, long nanos) {
        (first ? firstTokens : gaps).add(nanos);
    }

    @Override
    public void ended(Ended request) {
        ended.add(request);
    }
}
