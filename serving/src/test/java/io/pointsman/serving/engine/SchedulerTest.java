package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// vLLM's own scenarios of its scheduler and its KV cache manager (`tests/v1/core`), stated for
/// ours. Its block 0 is a null block that is never given out, so its numbers are one higher.
class SchedulerTest {

    private static final int BLOCK = 16;

    private final BlockManager blocks = new BlockManager(10, BLOCK);
    private final List<Sequence> made = new ArrayList<>();

    /// test_prefix_caching.py::test_prefill.
    @Test
    void prefixesShareBlocksAndFreedOnesComeInVllmsOrder() {
        var scheduler = scheduler(1000, 8);
        var common = IntStream.range(0, 48).map(i -> i / 16).toArray();

        var first = run(scheduler, plus(common, 3, 7));
        assertThat(blocksOf(first)).containsExactly(0, 1, 2, 3);
        assertThat(first.computed()).isEqualTo(55);

        var second = run(scheduler, plus(common, 3, 5));
        assertThat(blocksOf(second)).containsExactly(0, 1, 2, 4);
        for (int block = 0; block < 3; block++) {
            assertThat(blocks.references(block)).isEqualTo(2);
        }
        assertThat(blocks.freeBlocks()).isEqualTo(5);
        assertThat(scheduler.prefixHits()).isEqualTo(48);

        scheduler.end(first);
        scheduler.end(second);
        assertThat(blocks.freeBlocks()).isEqualTo(10);
        assertThat(blocks.freeOrder()).containsExactly(4, 3, 5, 6, 7, 8, 9, 2, 1, 0);

        var third = run(scheduler, plus(common, 3, 5));
        assertThat(blocksOf(third)).containsExactly(0, 1, 2, 4);
        assertThat(blocks.freeBlocks()).isEqualTo(6);
        scheduler.end(third);
        assertThat(blocks.freeOrder()).containsExactly(4, 3, 5, 6, 7, 8, 9, 2, 1, 0);

        var fourth = run(scheduler, IntStream.range(0, 160).map(_ -> 99).toArray());
        assertThat(blocksOf(fourth)).containsExactly(4, 3, 5, 6, 7, 8, 9, 2, 1, 0);
        assertThat(blocks.freeBlocks()).isZero();
        assertThat(blocks.cache().find(PrefixCache.ROOT, "", common, 0)).isNegative();
    }

    /// test_prefix_caching.py::test_decode.
    @Test
    void decodesTakeABlockWhenTheLastIsFull() {
        var scheduler = scheduler(1000, 8);
        var sequence = run(scheduler, plus(new int[48], 3, 7));
        for (int i = 0; i < 9; i++) {
            append(sequence);
            step(scheduler);
            assertThat(sequence.blockCount()).isEqualTo(4);
        }
        append(sequence);
        step(scheduler);

        assertThat(sequence.blockCount()).isEqualTo(5);
        assertThat(blocks.cache().holds(sequence.block(3))).isTrue();
        assertThat(blocks.cache().holds(sequence.block(4))).isFalse();
    }

    /// test_prefix_caching.py::test_evict.
    @Test
    void blocksUnusedLongestAreEvictedFirst() {
        var scheduler = scheduler(1000, 8);
        var first = run(scheduler, IntStream.range(0, 5 * 16 + 7).toArray());
        var second = run(scheduler, IntStream.range(1000, 1000 + 3 * 16).toArray());
        assertThat(blocks.freeBlocks()).isEqualTo(1);
        scheduler.end(first);
        scheduler.end(second);
        assertThat(blocks.freeOrder()).containsExactly(5, 9, 4, 3, 2, 1, 0, 8, 7, 6);

        var third = run(scheduler, IntStream.range(0, 2 * 16 + 3).toArray());

        assertThat(third.generation().usage().cachedTokens()).isEqualTo(32);
        assertThat(blocksOf(third)).containsExactly(0, 1, 5);
        assertThat(blocks.freeBlocks()).isEqualTo(7);
    }

    /// test_prefix_caching.py::test_cache_blocks: only full blocks are found; a whole prompt is
    /// not.
    @Test
    void aPromptIsNeverFoundWhole() {
        var scheduler = scheduler(1000, 8);
        var prompt = IntStream.range(0, 32).toArray();
        scheduler.end(run(scheduler, prompt));

        var again = run(scheduler, prompt);

        assertThat(again.generation().usage().cachedTokens()).isEqualTo(16);
        assertThat(again.blockCount()).isEqualTo(2);
    }

    /// test_scheduler.py::test_schedule_partial_requests.
    @Test
    void aPromptBeyondTheBudgetIsComputedInChunks() {
        var scheduler = scheduler(40, 8);
        var one = arrive(scheduler, IntStream.range(0, 15).toArray());
        var two = arrive(scheduler, IntStream.range(100, 115).toArray());
        var three = arrive(scheduler, IntStream.range(200, 215).toArray());

        assertThat(counts(scheduler)).containsExactly(15, 15, 10);
        append(one);
        append(two);
        assertThat(three.remaining()).isEqualTo(5);

        assertThat(counts(scheduler)).containsExactly(1, 1, 5);
        assertThat(three.remaining()).isZero();
    }

    /// test_scheduler.py::test_preempt_during_execution, without a step in flight.
    @Test
    void theLastToArriveGivesItsBlocksBack() {
        var scheduler = scheduler(1000, 8);
        var one = run(scheduler, IntStream.range(0, 80).toArray());
        var two = run(scheduler, IntStream.range(1000, 1049).toArray());
        for (int i = 0; i < 15; i++) {
            append(one);
            append(two);
            assertThat(counts(scheduler)).containsExactly(1, 1);
        }
        assertThat(blocks.freeBlocks()).isZero();
        append(one);
        append(two);
        assertThat(counts(scheduler)).containsExactly(1);

        assertThat(two.running()).isFalse();
        assertThat(two.computed()).isZero();
        assertThat(scheduler.preemptions()).isEqualTo(1);
        assertThat(scheduler.waiting()).isEqualTo(1);
        scheduler.end(one);
        step(scheduler);
        assertThat(two.computed()).isEqualTo(two.length());
    }

    /// test_scheduler.py::test_finish_request and test_abort: whatever is removed is gone.
    @Test
    void whatIsRemovedIsNotScheduled() {
        var scheduler = scheduler(1000, 8);
        for (int i = 0; i < 4; i++) {
            arrive(scheduler, new int[] {i, 2, 3});
        }
        scheduler.remove(made.get(2));
        assertThat(counts(scheduler)).containsExactly(3, 3, 3);
        scheduler.remove(made.get(0));
        made.forEach(SchedulerTest::append);

        assertThat(counts(scheduler)).containsExactly(1, 1);
        scheduler.checkIntegrity();
    }

    /// test_scheduler.py::test_schedule_concurrent_partial_requests: one long prompt at a time, and
    /// short ones beside it.
    @Test
    void oneLongPromptAtATime() {
        var roomy = new BlockManager(100, BLOCK);
        var scheduler = new Scheduler(limits(100, 8), roomy, true);
        arrive(scheduler, IntStream.range(0, 400).toArray());
        arrive(scheduler, IntStream.range(1000, 1400).toArray());
        arrive(scheduler, IntStream.range(2000, 2010).toArray());

        var chunks = scheduler.schedule(0);

        assertThat(chunks)
                .extracting(chunk -> chunk.sequence().generation().number())
                .containsExactly(0L, 2L);
    }

    private Scheduler scheduler(int tokenBudget, int maxSequences) {
        return new Scheduler(limits(tokenBudget, maxSequences), blocks, true);
    }

    private static RunnerLimits limits(int tokenBudget, int maxSequences) {
        return new RunnerLimits(1000, TinyModel.VOCABULARY, BLOCK, tokenBudget, maxSequences);
    }

    private Sequence arrive(Scheduler scheduler, int[] prompt) {
        var request = GenerationRequest.builder(TokenIds.of(prompt)).maxTokens(500).build();
        var reader = new SerialPublisher<Token>(_ -> {}, _ -> {});
        Reader.of(reader);
        var generation = new Generation(request, reader, 0);
        var text = new TextSplitter(Load.TOKENIZER, request);
        var sequence = new Sequence(generation, 0, 1000, text, new int[0], null);
        generation.add(sequence);
        scheduler.arrive(sequence);
        made.add(sequence);
        return sequence;
    }

    private Sequence run(Scheduler scheduler, int[] prompt) {
        var sequence = arrive(scheduler, prompt);
        step(scheduler);
        return sequence;
    }

    private static void step(Scheduler scheduler) {
        for (var chunk : scheduler.schedule(0)) {
            scheduler.computed(chunk.sequence(), chunk.count());
        }
        scheduler.checkIntegrity();
    }

    private static List<Integer> counts(Scheduler scheduler) {
        var chunks = List.copyOf(scheduler.schedule(0));
        chunks.forEach(chunk -> scheduler.computed(chunk.sequence(), chunk.count()));
        return chunks.stream().map(Scheduler.Chunk::count).toList();
    }

    /// Samples a token.
    private static void append(Sequence sequence) {
        if (sequence.remaining() == 0) {
            sequence.append('a', Optional.empty(), 0);
        }
    }

    private static int[] plus(int[] common, int value, int count) {
        return IntStream.concat(IntStream.of(common), IntStream.range(0, count).map(_ -> value))
                .toArray();
    }

    private static List<Integer> blocksOf(Sequence sequence) {
        return IntStream.range(0, sequence.blockCount()).mapToObj(sequence::block).toList();
    }
}
