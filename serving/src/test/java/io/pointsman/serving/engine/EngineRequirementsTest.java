package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.FinishReason;
import io.pointsman.serving.TinyModel;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What users of other engines have asked of them, by the numbers of docs/serving.md. Those about
/// thinking are in [ThinkingTest].
class EngineRequirementsTest {

    @Test
    void r9AHundredAbortsLeaveNothing() {
        var load = new Load(16, 256, 16, 400, true);
        var random = new Random(1);
        for (int i = 0; i < 100; i++) {
            var reader = load.submit(1 + random.nextInt(300), 1000);
            load.turn(random.nextInt(6));
            reader.cancel();
            load.turn();

            assertThat(load.engine().stats().running()).isZero();
            assertThat(load.engine().stats().freeBlocks()).isEqualTo(400);
        }
        assertThat(load.engine().stats().aborted()).isEqualTo(100);
    }

    @Test
    void r10PreemptedAnswersAreTheSameAndNobodyIsLetInMeanwhile() {
        var limits = new RunnerLimits(400, TinyModel.VOCABULARY, 4, 64, 16);
        var options = EngineOptions.DEFAULT.withSteps(4, 64, 16).withKvCacheBytes(60);
        var load = new Load(new FakeRunner(limits), options, 64);
        var prompts = IntStream.range(0, 12).mapToObj(i -> load.prompt(10 + i)).toList();
        var readers = prompts.stream().map(prompt -> load.submit(prompt, 120)).toList();
        long preemptions = 0;
        var before = List.<Long>of();
        while (load.turn()) {
            var stats = load.engine().stats();
            var step = load.steps().getLast().work().stream().map(EngineListener.Work::request);
            var inStep = step.distinct().toList();
            if (stats.preemptions() > preemptions) {
                assertThat(before).containsAll(inStep);
            }
            preemptions = stats.preemptions();
            before = inStep;
        }

        assertThat(preemptions).isPositive();
        for (int i = 0; i < readers.size(); i++) {
            var prompt = prompts.get(i);
            assertThat(readers.get(i).ids())
                    .isEqualTo(FakeRunner.continuation(prompt, prompt.size() + 120));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void r11ManyMoreThanFitDoNotThrash(boolean prefixCaching) {
        double best = 0;
        double worst = Double.MAX_VALUE;
        for (int concurrency : new int[] {2, 4, 8, 16, 32, 64, 128}) {
            double throughput = throughput(concurrency, prefixCaching);
            best = Math.max(best, throughput);
            if (concurrency >= 16) {
                worst = Math.min(worst, throughput);
            }
        }

        assertThat(worst).isGreaterThan(0.8 * best);
    }

    /// Tokens per unit of time where room is for about eight of these thinkers.
    private static double throughput(int concurrency, boolean prefixCaching) {
        var load = new Load(16, 128, 32, 1100, prefixCaching);
        var random = new Random(3);
        int requests = 96;
        var open = new ArrayList<Reader>();
        int sent = 0;
        while (sent < requests || !open.isEmpty()) {
            while (sent < requests && open.size() < concurrency) {
                open.add(load.submit(100 + random.nextInt(200), 1000 + random.nextInt(2000)));
                sent++;
            }
            load.turn();
            open.removeIf(Reader::ended);
        }
        return (double) load.engine().stats().completionTokens() / load.now();
    }

    @Test
    void r11ThePrefixCacheCausesNoPreemptions() {
        assertThat(preemptions(true)).isLessThanOrEqualTo(preemptions(false));
    }

    /// Of 16 readers who ask again and again, behind the same beginning, once it has settled.
    private static long preemptions(boolean prefixCaching) {
        var load = new Load(16, 128, 16, 400, prefixCaching);
        var beginning = load.prompt(320);
        var open = new ArrayList<Reader>();
        long settled = 0;
        for (int sent = 0; sent < 200 || !open.isEmpty(); ) {
            while (sent < 200 && open.size() < 16) {
                open.add(load.submit(beginning.plus(load.prompt(20)), 300 + sent % 7 * 50));
                sent++;
                if (sent == 60) {
                    settled = load.engine().stats().preemptions();
                }
            }
            load.turn();
            open.removeIf(Reader::ended);
        }
        return load.engine().stats().preemptions() - settled;
    }

    @Test
    void r12LongPromptsDoNotStallOthers() {
        var load = new Load(16, 256, 16, 20_000, true);
        var decoding = new ArrayList<Reader>();
        for (int i = 0; i < 4; i++) {
            decoding.add(load.submit(10, 100_000));
        }
        load.turn(3);
        load.submit(100_000, 10);
        load.submit(100_000, 10);
        load.turn(2);

        for (int i = 0; i < 20; i++) {
            var late = load.submit(50, 10);
            var before = decoding.stream().map(reader -> reader.tokens().size()).toList();
            assertThat(load.turnsUntil(late, 1)).isLessThanOrEqualTo(2);
            int turns = load.turnsUntil(late, 5) + 1;
            for (int d = 0; d < 4; d++) {
                assertThat(decoding.get(d).tokens().size() - before.get(d))
                        .isGreaterThanOrEqualTo(turns);
            }
        }
    }

    @Test
    void r12LongPromptsUseWhatOthersLeave() {
        var load = new Load(16, 256, 16, 20_000, true);
        load.submit(10_000, 1);
        load.submit(10_000, 1);
        load.turn(2);

        load.turn(20);

        assertThat(load.steps().subList(2, 22)).allMatch(step -> step.tokens() >= 255);
    }

    @Test
    void aShortRequestBehindLongThinkersWaitsAtMostThreeSteps() {
        var load = new Load(16, 64, 16, 10_000, true);
        for (int i = 0; i < 40; i++) {
            load.submit(30, 2000);
        }
        load.turn(400);
        int most = 0;
        for (int i = 0; i < 30; i++) {
            var quick = load.submit(20, 20);
            most = Math.max(most, load.turnsUntil(quick, 1));
            load.turnsUntil(quick, 20);
        }

        assertThat(most).isLessThanOrEqualTo(3);
        load.finish();
        assertThat(load.engine().stats().finished()).isEqualTo(70);
    }

    @Test
    void aShortRequestIsLetInWhereLongThinkersHaveTakenAllMemory() {
        var load = new Load(16, 64, 16, 640, true);
        for (int i = 0; i < 12; i++) {
            load.submit(30, 4000);
        }
        load.turn(1500);
        assertThat(load.engine().stats().preemptions()).isPositive();
        int most = 0;
        for (int i = 0; i < 30; i++) {
            var quick = load.submit(20, 20);
            most = Math.max(most, load.turnsUntil(quick, 1));
            load.turnsUntil(quick, 20);
        }

        assertThat(most).isLessThanOrEqualTo(3);
    }

    @Test
    void r13TheNextTurnReusesWhatStaysTheSame() {
        var load = new Load(16, 256, 4, 1000, true);
        var question = load.prompt(83);
        load.submit(question, 40);
        load.finish();

        var stripped = question.plus(load.prompt(9)).plus(load.prompt(30));
        var replayed = question.plus(TokenIds.of(IntStream.range(0, 40).map(_ -> 'a').toArray()));
        load.submit(stripped, 5);
        load.finish();
        load.submit(replayed.plus(load.prompt(30)), 5);
        load.finish();

        assertThat(load.ended())
                .extracting(request -> request.usage().cachedTokens())
                .containsExactly(0, 83 / 16 * 16, (83 + 39) / 16 * 16);
        assertThat(load.engine().stats().prefixHits()).isEqualTo(80 + 112);
    }

    @Test
    void r14OnlyRequestsOfTheSameSaltShare() {
        var load = new Load(16, 256, 4, 1000, true);
        var prompt = load.prompt(100);
        for (var salt : new String[] {"a", "b", "a", ""}) {
            Reader.of(
                    load.engine()
                            .submit(
                                    GenerationRequest.builder(prompt)
                                            .maxTokens(3)
                                            .cacheSalt(salt)
                                            .build()));
            load.finish();
        }

        assertThat(load.ended())
                .extracting(request -> request.usage().cachedTokens())
                .containsExactly(0, 0, 96, 0);
    }

    @Test
    void r15AnswersCanBeLong() {
        var load = new Load(16, 256, 4, 4000, true);
        var reader = load.submit(100, 32_768);
        load.finish();

        var end = reader.tokens().getLast().end().orElseThrow();
        assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(end.usage().completionTokens()).isEqualTo(32_768);

        var endless = load.submit(100, 1_000_000_000);
        load.finish();
        int context = load.engine().contextLength();
        assertThat(endless.tokens()).hasSize(context - 100);
        assertThat(endless.tokens().getLast().end().orElseThrow().reason())
                .isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void r17CharactersThatTokensSplitArriveWhole() {
        var text = "ü € 😀 ﷽ é";
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var limits = new RunnerLimits(400, TinyModel.VOCABULARY, 4, 64, 8);
        var runner =
                new ScriptedRunner(
                        limits,
                        position ->
                                position - 5 < bytes.length
                                        ? bytes[position - 5] & 0xff
                                        : TinyModel.END);
        var options = EngineOptions.DEFAULT.withSteps(4, 64, 8).withKvCacheBytes(100);
        var load = new Load(runner, options, 64);
        var reader = load.submit(5, 100);
        load.finish();

        assertThat(Reader.text(reader.tokens(), false)).isEqualTo(text);
        assertThat(reader.tokens()).hasSize(bytes.length + 1);
        assertThat(reader.tokens().getLast().end().orElseThrow().usage().completionTokens())
                .isEqualTo(bytes.length + 1);
        assertThat(reader.tokens())
                .allSatisfy(token -> assertThat(token.text()).doesNotContain("\ufffd"));
    }

    @Test
    void r18ABurstOfPromptsIsAnsweredOneAfterAnother() {
        var load = new Load(16, 144, 16, 1000, true);
        var readers = new ArrayList<Reader>();
        for (int i = 0; i < 8; i++) {
            readers.add(load.submit(128, 20));
        }
        var firstTokens = new long[8];
        while (load.turn()) {
            for (int i = 0; i < 8; i++) {
                if (firstTokens[i] == 0 && !readers.get(i).tokens().isEmpty()) {
                    firstTokens[i] = load.now();
                }
            }
        }
        long all = IntStream.range(0, 8).mapToLong(i -> firstTokens[i]).max().orElseThrow();
        var sorted = IntStream.range(0, 8).mapToLong(i -> firstTokens[i]).sorted().toArray();

        assertThat((double) sorted[3]).isLessThanOrEqualTo(0.6 * all);
    }

    @Test
    void aHigherPriorityGoesFirst() {
        var load = new Load(16, 64, 1, 20, true);
        var done = new ArrayList<String>();
        var readers = new ArrayList<Reader>();
        for (int i = 0; i < 3; i++) {
            readers.add(load.submit(20, 30));
        }
        load.turn(2);
        var urgent =
                Reader.of(
                        load.engine()
                                .submit(
                                        GenerationRequest.builder(load.prompt(40))
                                                .maxTokens(30)
                                                .priority(-1)
                                                .build()));
        while (load.turn()) {
            if (urgent.ended() && !done.contains("urgent")) {
                done.add("urgent");
            }
            for (var reader : readers) {
                if (reader.ended() && !done.contains("r" + readers.indexOf(reader))) {
                    done.add("r" + readers.indexOf(reader));
                }
            }
        }

        assertThat(done).startsWith("urgent");
    }

    @Test
    void choicesShareTheirPrompt() {
        var load = new Load(16, 512, 8, 200, false);
        var request = GenerationRequest.builder(load.prompt(200)).choices(5).maxTokens(40).build();
        var reader = Reader.of(load.engine().submit(request));
        load.turn(6);

        assertThat(load.engine().stats().running()).isEqualTo(5);
        assertThat(200 - load.engine().stats().freeBlocks()).isEqualTo(12 + 5);
        load.finish();
        assertThat(reader.tokens()).hasSize(200);
        assertThat(reader.tokens().stream().filter(token -> token.end().isPresent())).hasSize(5);
        var usage = reader.tokens().getLast().end().orElseThrow().usage();
        assertThat(usage.promptTokens()).isEqualTo(200);
        assertThat(usage.completionTokens()).isEqualTo(200);
        assertThat(load.steps().stream().mapToInt(EngineListener.Step::tokens).sum())
                .isEqualTo(200 + 4 + 5 * 39);
    }
}
