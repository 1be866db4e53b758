package io.pointsman.classifier.memory;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.NgramRarity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What it costs to ask a full memory of 100,000 outcomes, and to teach it one more.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OutcomeMemoryBenchmark {

    private static final int OUTCOMES = 100_000;
    private static final int QUERIES = 4_096;

    /// One in so many outcomes is not the tenant's own.
    private static final int OTHERS = 10;

    private static final String TENANT = "tenant";
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    /// Whether there are other tenants' outcomes to be found too.
    @Param({"TENANT", "ALL"})
    public MemorySettings.Sharing sharing = MemorySettings.Sharing.TENANT;

    /// The tenant's prompts, those first that it has labelled, in that order.
    private final List<Trace> prompts = new ArrayList<>();

    private OutcomeMemory memory = memory();
    private int asked;
    private int learned;

    /// Fills the memory to its capacity with the tenant's own outcomes for the most part, the rest
    /// shared ones, or another tenant's.
    @Setup
    public void fill() {
        var families = new PromptFamilies(1);
        var features = new ArrayList<Features>();
        for (int i = 0; i < OUTCOMES + QUERIES; i++) {
            var conversation = Conversation.ofPrompt(families.next());
            features.add(FeatureExtractor.extract(conversation).orElseThrow());
        }
        memory.close();
        System.gc();
        long before = used();
        memory = memory();
        var other = sharing == MemorySettings.Sharing.ALL ? "other" : OutcomeMemory.SHARED;
        for (int i = 0; i < OUTCOMES; i++) {
            var trace = trace(features.get(i));
            boolean own = i % OTHERS != 0;
            if (own) {
                prompts.add(trace);
            }
            learn("outcome-" + i, own ? TENANT : other, trace);
        }
        learned = prompts.size();
        asked = prompts.size();
        System.gc();
        System.out.printf(
                "%,d bytes of heap for each of %,d outcomes%n",
                (used() - before) / memory.size(), memory.size());
        for (var query : features.subList(OUTCOMES, OUTCOMES + QUERIES)) {
            prompts.add(trace(query));
        }
    }

    /// The evidence on a prompt that was not labelled.
    @Benchmark
    public Evidence evidence() {
        asked = asked + 1 < prompts.size() ? asked + 1 : prompts.size() - QUERIES;
        return memory.evidence(TENANT, prompts.get(asked).sketch());
    }

    /// One more outcome, for which the oldest gives way: when it comes round again, it has gone.
    @Benchmark
    public RememberedOutcome learn() {
        learned = learned + 1 < prompts.size() ? learned + 1 : 0;
        return learn("another-" + learned, TENANT, prompts.get(learned));
    }

    private RememberedOutcome learn(String id, String tenant, Trace trace) {
        return memory.learn(id, tenant, trace, Label.ofFast(1, Label.Origin.FEEDBACK, 1), NOW);
    }

    private OutcomeMemory memory() {
        return OutcomeMemory.open(
                new MemorySettings(Optional.empty(), OUTCOMES, Duration.ofDays(90), sharing),
                NgramRarity::of,
                NOW);
    }

    private static Trace trace(Features features) {
        return new Trace(features.hash(), Sketch.of(features), 0.5f, 0.9f, false, TaskType.OTHER);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
