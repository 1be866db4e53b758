package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.FinishReason;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.gguf.TensorType;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class EngineTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());
    private static final RunnerLimits LIMITS =
            new RunnerLimits(100, TinyModel.VOCABULARY, 4, 32, 4);

    private final FakeRunner runner = new FakeRunner(LIMITS);

    @Test
    void clipsMaxTokensToTheContext() throws Exception {
        var prompt = promptThatRunsFor(90);
        try (var engine = start(100)) {
            var tokens = Reader.of(engine.submit(greedy(prompt, 1_000_000_000))).await();

            assertThat(tokens).hasSize(90);
            var end = tokens.getLast().end().orElseThrow();
            assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(end.usage().promptTokens()).isEqualTo(10);
            assertThat(end.usage().completionTokens()).isEqualTo(90);
        }
    }

    @Test
    void endsWithTheModelsEndToken() throws Exception {
        var prompt = TokenIds.of(1, 2, 3);
        var expected = FakeRunner.continuation(prompt, 100);
        assertThat(expected).endsWith(TinyModel.END);
        try (var engine = start(100)) {
            var tokens = Reader.of(engine.submit(GenerationRequest.greedy(prompt))).await();

            assertThat(tokens.stream().map(Token::id)).isEqualTo(expected);
            var end = tokens.getLast().end().orElseThrow();
            assertThat(end.reason()).isEqualTo(FinishReason.STOP);
            assertThat(end.usage().completionTokens()).isEqualTo(expected.size());
            assertThat(tokens.getLast().text()).doesNotContain("<eos>");
        }
    }

    @Test
    void stopsAtAStopText() throws Exception {
        var prompt = promptThatRunsFor(90);
        var text = TOKENIZER.decode(ids(FakeRunner.continuation(prompt, 40)));
        var stop = text.substring(12, 14);
        try (var engine = start(100)) {
            var request =
                    GenerationRequest.builder(prompt).maxTokens(90).stop(List.of(stop)).build();

            var tokens = Reader.of(engine.submit(request)).await();

            assertThat(Reader.text(tokens, false)).isEqualTo(text.substring(0, text.indexOf(stop)));
            assertThat(tokens.getLast().end().orElseThrow().reason()).isEqualTo(FinishReason.STOP);
            assertThat(engine.stats().freeBlocks()).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void refusesWhatCanNeverFit() {
        try (var engine = start(5)) {
            assertThat(engine.contextLength()).isEqualTo(20);

            assertThat(rejection(engine, greedy(promptOf(20), 1)))
                    .isEqualTo(new EngineRejection.PromptTooLong(20, 20));
            assertThat(rejection(engine, greedy(TokenIds.of(1, 999), 1)))
                    .isEqualTo(new EngineRejection.UnknownToken(999, TinyModel.VOCABULARY));
            assertThat(engine.stats().waiting()).isZero();
        }
    }

    @Test
    void refusesMeaninglessRequests() {
        var prompt = TokenIds.of(1);
        assertThatThrownBy(() -> greedy(prompt, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GenerationRequest.greedy(TokenIds.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        GenerationRequest.builder(prompt).maxTokens(1).stop(List.of("")).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatTheQueueHasNoRoomFor() throws Exception {
        var options =
                EngineOptions.DEFAULT
                        .withSteps(4, 32, 4)
                        .withQueueCapacity(2)
                        .withKvCacheBytes(100);
        try (var engine = Engine.start(runner, TOKENIZER, options, EngineListener.NONE, "test")) {
            var paused = new ArrayList<Reader>();
            for (int i = 0; i < 6; i++) {
                paused.add(Reader.asking(0, engine.submit(greedy(promptOf(5), 5))));
            }

            assertThat(rejection(engine, greedy(promptOf(5), 5)))
                    .isEqualTo(new EngineRejection.QueueFull(2, Duration.ofSeconds(1)));

            for (var reader : paused) {
                reader.request(Long.MAX_VALUE);
                reader.await();
            }
            Reader.of(engine.submit(greedy(promptOf(5), 5))).await();
        }
    }

    @Test
    void takesTenThousandRequestsAtOnce() throws Exception {
        try (var engine = start(100)) {
            var readers = new ArrayList<Reader>();
            for (int i = 0; i < 10_000; i++) {
                readers.add(Reader.of(engine.submit(greedy(promptOf(2 + i % 7), 3))));
            }

            int refused = 0;
            for (var reader : readers) {
                try {
                    assertThat(reader.await()).isNotEmpty();
                } catch (ExecutionException e) {
                    assertThat(reader.failure()).isInstanceOf(EngineException.class);
                    refused++;
                }
            }
            assertThat(refused).isLessThan(10_000 - 1000);
            Reader.of(engine.submit(greedy(promptOf(3), 3))).await();
        }
    }

    @Test
    void cancellingFreesTheSequenceWithinOneStep() {
        var engine = manual(100);
        var reader = Reader.of(engine.submit(greedy(promptThatRunsFor(90), 90)));
        engine.turn();
        engine.turn();
        assertThat(engine.stats().freeBlocks()).isLessThan(100);

        reader.cancel();
        engine.turn();

        assertThat(engine.stats().freeBlocks()).isEqualTo(100);
        assertThat(engine.stats().running()).isZero();
        assertThat(engine.stats().aborted()).isEqualTo(1);
        assertThat(reader.ended()).isFalse();
    }

    @Test
    void aSlowReaderPausesOnlyItself() {
        var engine = manual(20);
        var slow = Reader.asking(3, engine.submit(greedy(promptThatRunsFor(60), 60)));
        for (int i = 0; i < 20; i++) {
            engine.turn();
        }
        assertThat(slow.tokens()).hasSize(3);
        assertThat(engine.turn()).isFalse();

        var quick = Reader.of(engine.submit(greedy(promptThatRunsFor(60), 60)));
        for (int i = 0; i < 100; i++) {
            engine.turn();
        }
        assertThat(quick.ended()).isTrue();

        slow.request(Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            engine.turn();
        }
        assertThat(slow.ids()).isEqualTo(FakeRunner.continuation(promptThatRunsFor(60), 70));
    }

    @Test
    void closingFailsWhatRunsAndRefusesWhatComes() throws Exception {
        var engine = start(100);
        var running = Reader.asking(2, engine.submit(greedy(promptThatRunsFor(90), 90)));

        engine.close();

        assertThat(running.failure())
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.rejection()).isEqualTo(new EngineRejection.Closed()));
        assertThat(rejection(engine, greedy(promptOf(3), 3)))
                .isEqualTo(new EngineRejection.Closed());
        engine.close();
    }

    @Test
    void drainingLetsWhatRunsFinish() throws Exception {
        var engine = start(100);
        var running = Reader.of(engine.submit(greedy(promptThatRunsFor(90), 90)));

        engine.drain(Duration.ofSeconds(20));

        assertThat(running.await()).hasSize(90);
        assertThat(rejection(engine, greedy(promptOf(3), 3)))
                .isEqualTo(new EngineRejection.Closed());
    }

    @Test
    void livesOnWhenAStepFails() {
        var engine = manual(100);
        runner.failAt(1);
        var unlucky = Reader.of(engine.submit(greedy(promptThatRunsFor(90), 90)));
        engine.turn();
        engine.turn();

        assertThat(unlucky.failure()).hasMessage("the device is lost");
        assertThat(engine.stats().freeBlocks()).isEqualTo(100);
        var next = Reader.of(engine.submit(greedy(promptThatRunsFor(90), 2)));
        engine.turn();
        engine.turn();
        assertThat(next.ended()).isTrue();
    }

    @Test
    void livesOnWhenASubscriberThrows() throws Exception {
        try (var engine = start(100)) {
            engine.submit(greedy(promptThatRunsFor(90), 90)).subscribe(new Rude());

            var polite = Reader.of(engine.submit(greedy(promptThatRunsFor(90), 90)));

            assertThat(polite.await()).hasSize(90);
        }
    }

    @Test
    void servesManyThreads() throws Exception {
        try (var engine = start(60)) {
            int threads = 8;
            var done = new CountDownLatch(threads);
            var failures = new ConcurrentLinkedQueue<Throwable>();
            for (int i = 0; i < threads; i++) {
                var random = new Random(i);
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                chat(engine, random);
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                            done.countDown();
                        });
            }

            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            engine.drain(Duration.ofSeconds(20));
            assertThat(engine.stats().freeBlocks()).isEqualTo(60);
            assertThat(engine.stats().finished() + engine.stats().aborted()).isEqualTo(8 * 50);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theRealRunnerSaysTheSameAloneTogetherAndPreempted(long seed) throws Exception {
        var model = LanguageModel.of(TinyModel.of("qwen2", TensorType.F16, true, seed));
        var random = new Random(seed);
        var requests = new ArrayList<GenerationRequest>();
        for (int i = 0; i < 6; i++) {
            var prompt = TokenIds.of(random.ints(1 + random.nextInt(60), 0, 256).toArray());
            var sampling =
                    i % 2 == 0
                            ? SamplingParameters.GREEDY
                            : SamplingParameters.GREEDY
                                    .withTemperature(0.7)
                                    .withCuts(0, 0.95, 0)
                                    .withSeed(seed + i);
            requests.add(
                    GenerationRequest.builder(prompt).maxTokens(60).sampling(sampling).build());
        }
        var alone = new ArrayList<List<Token>>();
        try (var engine = model.start(EngineOptions.DEFAULT)) {
            for (var request : requests) {
                alone.add(Reader.of(engine.submit(request)).await());
            }
        }

        long blockBytes = 2 * 4 * 2 * 8 * 32;
        var small = EngineOptions.DEFAULT.withSteps(8, 16, 6).withKvCacheBytes(20 * blockBytes);
        try (var engine = model.start(small)) {
            var readers = requests.stream().map(r -> Reader.of(engine.submit(r))).toList();
            for (int i = 0; i < readers.size(); i++) {
                assertThat(readers.get(i).await()).isEqualTo(alone.get(i));
            }
            engine.drain(Duration.ofSeconds(20));
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().freeBlocks()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void r6AnAnswerIsKeptToJsonAndTheThinkingIsFree(long seed) throws Exception {
        var model = LanguageModel.of(TinyModel.of("qwen2", TensorType.F16, true, seed));
        var prompt = TokenIds.of(TinyModel.USER, 'a', TinyModel.ASSISTANT, TinyModel.THINK);
        var request =
                GenerationRequest.builder(prompt)
                        .thinkingBudget(40)
                        .maxTokens(200)
                        .json()
                        .sampling(SamplingParameters.temperature(1, seed))
                        .build();
        try (var engine = model.start(EngineOptions.DEFAULT)) {
            var tokens = Reader.of(engine.submit(request)).await();

            var answer = Reader.text(tokens, false);
            assertThat(answer.strip()).startsWith("{");
            assertThat(Reader.text(tokens, true)).doesNotStartWith("{");
            if (tokens.getLast().end().orElseThrow().reason() == FinishReason.STOP) {
                assertThat(JsonMapper.shared().readTree(answer).isObject()).isTrue();
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 4);
    }

    private static void chat(Engine engine, Random random) throws Exception {
        for (int i = 0; i < 50; i++) {
            var prompt = promptOf(1 + random.nextInt(40));
            var reader = Reader.asking(1, engine.submit(greedy(prompt, 20)));
            if (random.nextInt(5) == 0) {
                reader.cancel();
            } else {
                reader.request(Long.MAX_VALUE);
                assertThat(reader.await().stream().map(Token::id).toList())
                        .isEqualTo(FakeRunner.continuation(prompt, prompt.size() + 20));
            }
        }
    }

    private Engine start(int blocks) {
        return Engine.start(runner, TOKENIZER, options(blocks), EngineListener.NONE, "test");
    }

    private Engine manual(int blocks) {
        return new Engine(
                runner, TOKENIZER, options(blocks), EngineListener.NONE, System::nanoTime, "test");
    }

    private static EngineOptions options(int blocks) {
        return EngineOptions.DEFAULT.withSteps(4, 32, 4).withKvCacheBytes(blocks);
    }

    private static EngineRejection rejection(Engine engine, GenerationRequest request) {
        var reader = Reader.of(engine.submit(request));
        assertThat(reader.failed()).isTrue();
        assertThat(reader.failure()).isInstanceOf(EngineException.class);
        return ((EngineException) reader.failure()).rejection();
    }

    private static GenerationRequest greedy(TokenIds prompt, int maxTokens) {
        return GenerationRequest.builder(prompt).maxTokens(maxTokens).build();
    }

    /// A prompt of ten tokens that the fake runner does not end before `tokens` more.
    private static TokenIds promptThatRunsFor(int tokens) {
        for (int seed = 0; ; seed++) {
            var prompt = TokenIds.of(new Random(seed).ints(10, 0, 256).toArray());
            var following = FakeRunner.continuation(prompt, 10 + tokens);
            if (following.size() == tokens && !following.contains(TinyModel.END)) {
                return prompt;
            }
        }
    }

    private static TokenIds promptOf(int length) {
        return TokenIds.of(new Random(length).ints(length, 0, 256).toArray());
    }

    private static TokenIds ids(List<Integer> ids) {
        return TokenIds.of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    private static final class Rude implements Flow.Subscriber<Token> {

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Token token) {
            throw new IllegalStateException("rude");
        }

        @Override
        public void onError(Throwable throwable) {
            throw new IllegalStateException("rude", throwable);
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("rude");
        }
    }
}
