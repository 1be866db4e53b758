package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Drives the engine's loop by hand, turn by turn, through random loads with random readers on a
/// runner that notices every misplaced block.
class EnginePropertiesTest {

    private record Ongoing(GenerationRequest request, int limit, Reader reader) {}

    private static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOutputIsAsIfAloneAndNoBlockIsLost(long seed) {
        var random = new Random(seed);
        var limits = limits(random);
        int blocks = 2 + random.nextInt(24);
        var engine = engine(limits, blocks);
        var all = new ArrayList<Ongoing>();
        var cancelled = new ArrayList<Ongoing>();

        for (int turn = 0; turn < 300; turn++) {
            if (random.nextInt(4) == 0) {
                all.add(submit(engine, random));
            }
            if (!all.isEmpty()) {
                var one = all.get(random.nextInt(all.size()));
                switch (random.nextInt(12)) {
                    case 0 -> {
                        one.reader.cancel();
                        cancelled.add(one);
                    }
                    case 1, 2, 3 -> one.reader.request(1 + random.nextInt(5));
                    default -> {}
                }
            }
            engine.turn();
            engine.checkIntegrity();
        }
        all.forEach(one -> one.reader.request(Long.MAX_VALUE));
        int turns = 0;
        while (engine.turn()) {
            engine.checkIntegrity();
            assertThat(turns++).as("turns to finish").isLessThan(40_000);
        }

        for (var one : all) {
            var expected = FakeRunner.continuation(one.request.prompt(), one.limit);
            if (cancelled.contains(one)) {
                var part = one.reader.ids();
                assertThat(part).isEqualTo(expected.subList(0, part.size()));
            } else {
                assertThat(one.reader.ended()).isTrue();
                assertThat(one.reader.ids()).isEqualTo(expected);
            }
        }
        var stats = engine.stats();
        assertThat(stats.freeBlocks()).isEqualTo(stats.totalBlocks()).isEqualTo(blocks);
        assertThat(stats.running() + stats.waiting()).isZero();
        assertThat(stats.finished() + stats.aborted()).isEqualTo(all.size());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void abortingEverythingAtAnyStepLeaksNothing(long seed) {
        var random = new Random(seed);
        var engine = engine(limits(random), 2 + random.nextInt(24));
        var all = new ArrayList<Ongoing>();
        for (int i = 0; i < 20; i++) {
            all.add(submit(engine, random));
            all.getLast().reader.request(Long.MAX_VALUE);
        }
        for (int turns = random.nextInt(40); turns > 0; turns--) {
            engine.turn();
        }

        all.forEach(one -> one.reader.cancel());
        engine.turn();

        engine.checkIntegrity();
        var stats = engine.stats();
        assertThat(stats.freeBlocks()).isEqualTo(stats.totalBlocks());
        assertThat(stats.running() + stats.waiting()).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void decodesGoOnWhileALongPromptIsRead(long seed) {
        var random = new Random(seed);
        var limits = new RunnerLimits(4096, TinyModel.VOCABULARY, 16, 32, 8);
        var engine = engine(limits, 1024);
        var decoding = new ArrayList<Ongoing>();
        while (decoding.size() < 4) {
            var prompt = prompt(random, 8);
            if (FakeRunner.continuation(prompt, 88).size() == 80) {
                decoding.add(submit(engine, prompt, 80, Long.MAX_VALUE));
            }
        }
        while (decoding.stream().anyMatch(one -> one.reader.tokens().isEmpty())) {
            engine.turn();
        }
        submit(engine, prompt(random, 2000), 10, Long.MAX_VALUE);
        var late = submit(engine, prompt(random, 8), 10, Long.MAX_VALUE);

        for (int turn = 0; turn < 10; turn++) {
            var before = decoding.stream().map(one -> one.reader.tokens().size()).toList();
            engine.turn();
            for (int i = 0; i < decoding.size(); i++) {
                assertThat(decoding.get(i).reader.tokens()).hasSize(before.get(i) + 1);
            }
        }
        assertThat(late.reader.tokens()).isNotEmpty();
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    private static RunnerLimits limits(Random random) {
        int maxSequences = 1 + random.nextInt(8);
        return new RunnerLimits(
                10 + random.nextInt(120),
                TinyModel.VOCABULARY,
                1 + random.nextInt(9),
                maxSequences + random.nextInt(24),
                maxSequences);
    }

    private static Engine engine(RunnerLimits limits, int blocks) {
        var options =
                EngineOptions.DEFAULT
                        .withSteps(limits.blockSize(), limits.maxTokens(), limits.maxSequences())
                        .withKvCacheBytes(blocks);
        return new Engine(
                new FakeRunner(limits),
                TOKENIZER,
                options,
                EngineListener.NONE,
                System::nanoTime,
                "test");
    }

    private static Ongoing submit(Engine engine, Random random) {
        int most = engine.contextLength() - 1;
        if (most < 1) {
            throw new IllegalStateException("no room for any prompt");
        }
        return submit(
                engine,
                prompt(random, 1 + random.nextInt(most)),
                1 + random.nextInt(60),
                random.nextInt(4));
    }

    private static Ongoing submit(Engine engine, TokenIds prompt, int maxTokens, long demand) {
        var request = GenerationRequest.builder(prompt).maxTokens(maxTokens).build();
        int limit = Math.min(engine.contextLength(), prompt.size() + maxTokens);
        return new Ongoing(request, limit, Reader.asking(demand, engine.submit(request)));
    }

    private static TokenIds prompt(Random random, int length) {
        return TokenIds.of(random.ints(length, 0, 256).toArray());
    }
}
