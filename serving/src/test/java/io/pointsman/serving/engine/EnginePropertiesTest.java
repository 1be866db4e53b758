package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The properties that hold whatever comes: drives the engine's loop by hand, turn by turn, through
/// random loads with random readers on a runner that notices every misplaced block.
class EnginePropertiesTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());

    private static long stepsInAll;

    /// A request under way, and the longest its answers can get.
    private record Ongoing(GenerationRequest request, int limit, Reader reader) {

        void assertRight(boolean complete) {
            var prompt = request.prompt();
            for (int choice = 0; choice < request.choices(); choice++) {
                var expected = FakeRunner.continuation(prompt, limit, choice);
                var got = reader.ids(choice);
                if (complete) {
                    assertThat(got).isEqualTo(expected);
                } else {
                    assertThat(got).isEqualTo(expected.subList(0, got.size()));
                }
            }
        }
    }

    /// An engine and those who use it; the clock moves by a millisecond each turn.
    private static final class World {
        private final Random random;
        private final Engine engine;
        private final List<TokenIds> beginnings = new ArrayList<>();
        private final List<Ongoing> all = new ArrayList<>();
        private final List<Ongoing> cancelled = new ArrayList<>();
        private long now;

        World(Random random, boolean prefixCaching) {
            this.random = random;
            var limits = limits(random);
            int blocks = 2 + random.nextInt(40);
            var options =
                    EngineOptions.DEFAULT
                            .withSteps(
                                    limits.blockSize(), limits.maxTokens(), limits.maxSequences())
                            .withKvCacheBytes(blocks)
                            .withPrefixCaching(prefixCaching);
            engine =
                    new Engine(
                            new FakeRunner(limits),
                            TOKENIZER,
                            options,
                            EngineListener.NONE,
                            () -> now,
                            "test");
            for (int i = 0; i < 3; i++) {
                beginnings.add(prompt(random, random.nextInt(engine.contextLength())));
            }
        }

        void turn() {
            now += 1_000_000;
            engine.turn();
            engine.checkIntegrity();
        }

        void submit(long demand) {
            var beginning = beginnings.get(random.nextInt(beginnings.size()));
            int most = engine.contextLength() - 1 - beginning.size();
            var prompt =
                    most < 1 ? beginning : beginning.plus(prompt(random, 1 + random.nextInt(most)));
            var request =
                    GenerationRequest.builder(prompt.size() == 0 ? TokenIds.of(7) : prompt)
                            .maxTokens(1 + random.nextInt(60))
                            .choices(random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1)
                            .priority(random.nextInt(3) - 1)
                            .cacheSalt(random.nextInt(3) == 0 ? "other" : "")
                            .build();
            int length = request.prompt().size() + request.maxTokens();
            int limit = Math.min(engine.contextLength(), length);
            all.add(new Ongoing(request, limit, Reader.asking(demand, engine.submit(request))));
        }

        void cancel(Ongoing one) {
            one.reader.cancel();
            cancelled.add(one);
        }

        Ongoing any() {
            return all.get(random.nextInt(all.size()));
        }

        void finish() {
            all.forEach(one -> one.reader.request(Long.MAX_VALUE));
            int turns = 0;
            while (engine.turn()) {
                engine.checkIntegrity();
                assertThat(turns++).as("turns to finish").isLessThan(100_000);
            }
            for (var one : all) {
                boolean left = cancelled.contains(one);
                assertThat(left || one.reader.ended()).as("nobody starves").isTrue();
                one.assertRight(!left);
            }
            assertNothingLeft();
            stepsInAll += engine.stats().steps();
        }

        void assertNothingLeft() {
            var stats = engine.stats();
            assertThat(stats.freeBlocks()).isEqualTo(stats.totalBlocks());
            assertThat(stats.running() + stats.waiting()).isZero();
            assertThat(stats.finished() + stats.aborted()).isEqualTo(all.size());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOutputIsAsIfAloneAndNoBlockIsLost(long seed) {
        var random = new Random(seed);
        var world = new World(random, seed % 3 != 0);

        for (int turn = 0; turn < 1000; turn++) {
            if (random.nextInt(4) == 0) {
                world.submit(random.nextInt(4));
            }
            if (!world.all.isEmpty()) {
                var one = world.any();
                switch (random.nextInt(12)) {
                    case 0 -> world.cancel(one);
                    case 1, 2, 3 -> one.reader.request(1 + random.nextInt(5));
                    case 4 -> one.reader.request(Long.MAX_VALUE);
                    default -> {}
                }
            }
            world.turn();
        }

        world.finish();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void abortingEverythingAtAnyStepLeaksNothing(long seed) {
        var random = new Random(seed);
        var world = new World(random, seed % 2 == 0);
        for (int i = 0; i < 20; i++) {
            world.submit(Long.MAX_VALUE);
        }
        for (int turns = random.nextInt(60); turns > 0; turns--) {
            world.turn();
        }

        world.all.forEach(world::cancel);
        world.turn();

        world.assertNothingLeft();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void deadlinesEndWhatIsLateAndNothingElse(long seed) {
        var random = new Random(seed);
        var limits = new RunnerLimits(200, TinyModel.VOCABULARY, 4, 16, 4);
        var now = new long[1];
        var engine =
                new Engine(
                        new FakeRunner(limits),
                        TOKENIZER,
                        EngineOptions.DEFAULT.withSteps(4, 16, 4).withKvCacheBytes(60),
                        EngineListener.NONE,
                        () -> now[0],
                        "test");
        var readers = new ArrayList<Reader>();
        var deadlines = new ArrayList<Integer>();
        for (int i = 0; i < 30; i++) {
            int deadline = 1 + random.nextInt(400);
            var request =
                    GenerationRequest.builder(prompt(random, 1 + random.nextInt(60)))
                            .maxTokens(1 + random.nextInt(60))
                            .deadline(Duration.ofNanos(deadline))
                            .build();
            deadlines.add(deadline);
            readers.add(Reader.of(engine.submit(request)));
        }
        var endedAt = new long[readers.size()];
        boolean going = true;
        while (going) {
            going = engine.turn();
            engine.checkIntegrity();
            for (int i = 0; i < endedAt.length; i++) {
                if (readers.get(i).ended() && endedAt[i] == 0) {
                    endedAt[i] = now[0] + 1;
                }
            }
            now[0]++;
        }

        for (int i = 0; i < endedAt.length; i++) {
            if (readers.get(i).failed()) {
                assertThat(endedAt[i] - 1).isEqualTo(deadlines.get(i).longValue());
                assertThat(((EngineException) readers.get(i).failure()).rejection())
                        .isEqualTo(
                                new EngineRejection.DeadlineExceeded(
                                        Duration.ofNanos(deadlines.get(i))));
            } else {
                assertThat(endedAt[i] - 1).isLessThan(deadlines.get(i));
            }
        }
        assertThat(engine.stats().freeBlocks()).isEqualTo(60);
    }

    @AfterAll
    static void thatWasALot() {
        assertThat(stepsInAll).isGreaterThan(100_000);
    }

    static LongStream seeds() {
        return LongStream.range(0, 150);
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

    private static TokenIds prompt(Random random, int length) {
        return TokenIds.of(random.ints(length, 0, 256).toArray());
    }
}
