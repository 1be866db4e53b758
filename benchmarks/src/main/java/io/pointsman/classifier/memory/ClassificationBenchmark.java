package io.pointsman.classifier.memory;

import io.pointsman.api.Classification;
import io.pointsman.api.Label;
import io.pointsman.classifier.Classifiers;
import io.pointsman.classifier.DifficultyClassifier;
import io.pointsman.classifier.features.Conversation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a whole classification costs, from the text to the trace, with the head `generic` and a
/// tenant that has taught it `outcomes` outcomes.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ClassificationBenchmark {

    private static final int QUERIES = 512;
    private static final String TENANT = "tenant";
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    /// How many outcomes are remembered.
    @Param({"0", "100000"})
    public int outcomes;

    /// How many characters a prompt has.
    @Param({"200", "2048", "100000"})
    public int chars;

    private final List<Conversation> prompts = new ArrayList<>();
    private DifficultyClassifier classifier = Classifiers.load(Classifiers.GENERIC, Path.of(""));
    private int asked;

    /// Teaches it and makes the prompts.
    @Setup
    public void teach() {
        classifier.close();
        classifier = Classifiers.load(Classifiers.GENERIC, Path.of(""));
        var families = new PromptFamilies(1);
        for (int i = 0; i < outcomes; i++) {
            if (classifier.classify(Conversation.ofPrompt(families.next()), TENANT)
                    instanceof Classification.Scored scored) {
                classifier.learn(
                        "outcome-" + i,
                        TENANT,
                        scored.trace().orElseThrow(),
                        Label.ofFast(i % 2, Label.Origin.FEEDBACK, 1),
                        NOW);
            }
        }
        for (int i = 0; i < QUERIES; i++) {
            var text = new StringBuilder();
            while (text.length() < chars) {
                text.append(families.next()).append('\n');
            }
            prompts.add(Conversation.ofPrompt(text.substring(0, chars)));
        }
    }

    /// One prompt.
    @Benchmark
    public Classification classify() {
        asked = (asked + 1) % QUERIES;
        return classifier.classify(prompts.get(asked), TENANT);
    }
}
