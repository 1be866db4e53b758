package io.pointsman.backends.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent.Finished;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChunkAggregator;
import io.pointsman.backends.Backend;
import io.pointsman.backends.BackendContract;
import io.pointsman.backends.ChatRequests;
import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

class EmbeddedBackendTest extends BackendContract {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PROMPT_TOKENS = ScriptedEngine.PROMPT_TOKENS;

    private final List<ScriptedEngine> engines = new ArrayList<>();

    @AfterEach
    void close() {
        engines.forEach(scripted -> scripted.engine().close());
    }

    @Override
    protected Backend answering() {
        return backend(ScriptedEngine.thinking("hm", "4 ü"));
    }

    @Override
    protected Usage usage() {
        return new Usage(PROMPT_TOKENS, 0, 9, 2, false);
    }

    @Override
    protected Backend endless() {
        return backend(_ -> 'a');
    }

    @Override
    protected Backend failing() {
        var backend = endless();
        engines.getLast().engine().close();
        return backend;
    }

    @Override
    protected void awaitReleased() {
        for (var scripted : engines) {
            var engine = scripted.engine();
            await(() -> engine.stats().running() + engine.stats().waiting() == 0);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the engine is not done").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Override
    protected long calls() {
        return engines.stream().mapToLong(ScriptedEngine::rendered).sum();
    }

    @Test
    void givesTheKvCacheBackWhenCancelled() {
        var backend = endless();

        assertThat(backend.chat(ChatRequests.saying("hello")).blockFirst(PATIENCE)).isNotNull();

        var engine = engines.getLast().engine();
        await(() -> engine.stats().aborted() == 1);
        assertThat(engine.stats().running()).isZero();
        assertThat(engine.stats().freeBlocks()).isEqualTo(engine.stats().totalBlocks());
    }

    @Test
    void stopsWhereItIsTold() {
        var events = run(endless(), ChatRequests.with("hi", ",\"max_tokens\":7"));

        assertThat(events)
                .isEqualTo(new Finished(FinishReason.LENGTH, new Usage(5, 0, 7, 0, false)));
        assertThat(run(answering(), ChatRequests.with("hi", ",\"stop\":\" \"")).reason())
                .isEqualTo(FinishReason.STOP);
        var nothing =
                (Failure.InvalidRequest)
                        failure(endless(), ChatRequests.with("hi", ",\"max_tokens\":0"));
        assertThat(nothing.param()).contains("max_tokens");
    }

    @Test
    void acceptsAnySamplingThatTheApiAllows() {
        var fields = ",\"temperature\":2,\"top_p\":0,\"seed\":-9007199254740991,\"stop\":[\"\"]";

        assertThat(run(answering(), ChatRequests.with("hi", fields)).reason())
                .isEqualTo(FinishReason.STOP);
    }

    @Test
    void namesItsAnswerAfterTheRequest() {
        var chunk = chunks(events(answering())).getFirst();

        assertThat(new String(chunk.json(), UTF_8))
                .startsWith(
                        "{\"id\":\"chatcmpl-req-test\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"mini\"");
    }

    @Test
    void answersSeveralTimes() {
        var events =
                answering()
                        .chat(ChatRequests.with("hi", ",\"n\":3"))
                        .collectList()
                        .blockOptional(PATIENCE)
                        .orElseThrow();
        var aggregator = new ChunkAggregator();
        chunks(events).forEach(chunk -> aggregator.add(chunk.json()));

        var completion = JsonMapper.shared().readTree(aggregator.completion());
        assertThat(completion.at("/choices").size()).isEqualTo(3);
        assertThat(completion.at("/choices/2/message/content").stringValue()).isEqualTo("4 ü");
        assertThat(events).filteredOn(Finished.class::isInstance).hasSize(1);
        assertThat(events.getLast())
                .isEqualTo(new Finished(FinishReason.STOP, new Usage(5, 0, 27, 6, false)));
    }

    @Test
    void saysWhenAPromptIsTooLong() {
        var backend = backend(_ -> 'a', 64, EngineOptions.DEFAULT.withKvCacheBytes(100), 100);

        var failure = (Failure.InvalidRequest) failure(backend, ChatRequests.saying("hi"));

        assertThat(failure.code()).isEqualTo("context_length_exceeded");
        assertThat(failure.message()).contains("100").contains("64");
    }

    @Test
    void saysWhenAConversationCannotBeRendered() {
        var scripted =
                ScriptedEngine.start(_ -> 'a', 64, EngineOptions.DEFAULT.withKvCacheBytes(100), 5);
        engines.add(scripted);
        var backend =
                backend(
                        scripted.engine(),
                        _ -> {
                            throw new IllegalArgumentException("there is no user message");
                        });

        assertThat(failure(backend, ChatRequests.saying("hi")).message())
                .contains("there is no user message");
    }

    @Test
    void saysWhenTooManyWait() {
        var options =
                EngineOptions.DEFAULT
                        .withSteps(16, 16, 1)
                        .withQueueCapacity(1)
                        .withKvCacheBytes(1 << 20);
        var backend = backend(_ -> 'a', 1 << 20, options, PROMPT_TOKENS);
        var first = backend.chat(ChatRequests.saying("a")).limitRate(1).subscribe();
        var second = backend.chat(ChatRequests.saying("b")).limitRate(1).subscribe();

        var failure = failure(backend, ChatRequests.saying("c"));

        assertThat(failure).isInstanceOf(Failure.Overloaded.class);
        first.dispose();
        second.dispose();
        awaitReleased();
    }

    @Test
    void failsWhatIsUnderWayWhenItCloses() {
        var backend = (EmbeddedBackend) endless();
        var failure =
                backend.chat(ChatRequests.saying("a"))
                        .doOnNext(_ -> backend.close())
                        .then(Mono.<Failure>empty())
                        .onErrorResume(FailureException.class, e -> Mono.just(e.failure()))
                        .block(PATIENCE);

        assertThat(failure).isInstanceOf(Failure.Broken.class);
    }

    private Backend backend(IntUnaryOperator script) {
        return backend(
                script, 1 << 20, EngineOptions.DEFAULT.withKvCacheBytes(1 << 16), PROMPT_TOKENS);
    }

    private Backend backend(
            IntUnaryOperator script, int contextLength, EngineOptions options, int promptTokens) {
        var scripted = ScriptedEngine.start(script, contextLength, options, promptTokens);
        engines.add(scripted);
        return backend(scripted.engine(), scripted.format());
    }

    private static Backend backend(Engine engine, ChatFormat format) {
        return new EmbeddedBackend(
                new BackendDescriptor("near", "mini", 100, Optional.empty()),
                engine,
                ScriptedEngine.BYTES,
                format,
                InstantSource.fixed(Instant.ofEpochSecond(7)));
    }

    private static Finished run(Backend backend, ChatRequest request) {
        return backend.chat(request)
                .ofType(Finished.class)
                .last()
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static Failure failure(Backend backend, ChatRequest request) {
        return backend.chat(request)
                .then(Mono.<Failure>error(new AssertionError("it did not fail")))
                .onErrorResume(FailureException.class, e -> Mono.just(e.failure()))
                .blockOptional(PATIENCE)
                .orElseThrow();
    }
}
