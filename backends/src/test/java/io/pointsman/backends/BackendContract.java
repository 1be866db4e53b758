package io.pointsman.backends;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.ChatEvent.Finished;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkAggregator;
import io.pointsman.api.wire.ChunkReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

/// What every kind of backend keeps.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class BackendContract {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// A backend that thinks `hm`, answers `4 ü`, and stops, with this usage.
    protected abstract Backend answering();

    /// The usage of that answer.
    protected abstract Usage usage();

    /// A backend that begins to answer and does not end.
    protected abstract Backend endless();

    /// A backend that fails.
    protected abstract Backend failing();

    /// Waits until nothing is under way behind the backends.
    protected abstract void awaitReleased();

    /// How many calls have got behind the backends.
    protected abstract long calls();

    @Test
    void streamsChunksAndThenFinishesOnce() {
        var events = events(answering());

        assertThat(events).filteredOn(Finished.class::isInstance).hasSize(1);
        assertThat(events.getLast()).isEqualTo(new Finished(FinishReason.STOP, usage()));
        assertThat(chunks(events))
                .allSatisfy(chunk ->
                        assertThat(ChunkReader.facts(chunk.json())).isEqualTo(chunk.facts()))
                .filteredOn(chunk -> chunk.facts().finishReason().isPresent())
                .singleElement()
                .satisfies(chunk ->
                        assertThat(chunk.facts().finishReason()).contains(FinishReason.STOP));
    }

    @Test
    void saysAllThatTheModelSaid() {
        var aggregator = new ChunkAggregator();
        chunks(events(answering())).forEach(chunk -> aggregator.add(chunk.json()));

        var completion = JsonMapper.shared().readTree(aggregator.completion());
        assertThat(completion.at("/choices/0/message/content").stringValue()).isEqualTo("4 ü");
        assertThat(completion.at("/choices/0/message/reasoning_content").stringValue())
                .isEqualTo("hm");
        assertThat(completion.at("/usage/completion_tokens").intValue())
                .isEqualTo(usage().completionTokens());
    }

    @Test
    void thinksBeforeItAnswers() {
        var visible =
                chunks(events(answering())).stream()
                        .filter(chunk -> chunk.facts().visible())
                        .map(chunk -> chunk.facts().reasoning())
                        .toList();

        assertThat(visible).startsWith(true).endsWith(false);
        assertThat(visible.lastIndexOf(true)).isLessThan(visible.indexOf(false));
    }

    @Test
    void tellsUsageOnceAfterTheAnswer() {
        var chunks = chunks(events(answering()));

        assertThat(chunks).filteredOn(chunk -> chunk.facts().usage().isPresent()).hasSize(1);
        assertThat(chunks.getLast().facts().usage()).contains(usage());
        assertThat(chunks.getLast().facts().choices()).isFalse();
    }

    @Test
    void doesNothingBeforeItIsSubscribedTo() {
        var backend = answering();
        long before = calls();

        var flux = backend.chat(ChatRequests.saying("hello"));

        assertThat(calls()).isEqualTo(before);
        assertThat(flux.collectList().block(PATIENCE)).isNotEmpty();
        assertThat(calls()).isEqualTo(before + 1);
    }

    @Test
    void honoursDemand() {
        var verifier =
                StepVerifier.create(answering().chat(ChatRequests.saying("hello")), 0)
                        .expectSubscription();
        int events = events(answering()).size();
        for (int i = 0; i < events; i++) {
            verifier = verifier.thenRequest(1).expectNextCount(1);
        }

        verifier.expectComplete().verify(PATIENCE);
    }

    @Test
    void releasesEverythingWhenCancelled() {
        var first =
                endless()
                        .chat(ChatRequests.saying("hello"))
                        .filter(event -> event instanceof Chunk(_, var facts, _) && facts.visible())
                        .blockFirst(PATIENCE);

        assertThat(first).isNotNull();
        awaitReleased();
    }

    @Test
    void releasesEverythingWhenItHasFinished() {
        events(answering());

        awaitReleased();
    }

    @Test
    void failsWithAFailureAndNothingElse() {
        StepVerifier.create(
                        failing()
                                .chat(ChatRequests.saying("hello"))
                                .filter(Finished.class::isInstance))
                .expectError(FailureException.class)
                .verify(PATIENCE);

        awaitReleased();
    }

    @Test
    void answersManyAtOnce() {
        var backend = answering();

        var ends =
                Flux.range(0, 20)
                        .flatMap(
                                i ->
                                        backend.chat(ChatRequests.saying("hello " + i))
                                                .filter(Finished.class::isInstance),
                                20)
                        .collectList()
                        .block(PATIENCE);

        assertThat(ends).hasSize(20);
        awaitReleased();
    }

    protected static List<ChatEvent> events(Backend backend) {
        var events = backend.chat(ChatRequests.saying("hello")).collectList().block(PATIENCE);
        return events == null ? List.of() : events;
    }

    protected static List<Chunk> chunks(List<ChatEvent> events) {
        return events.stream().filter(Chunk.class::isInstance).map(Chunk.class::cast).toList();
    }
}
