package io.pointsman.system;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.PromptTrace;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A classifier that learns by noting what it is taught, and scores by words of the prompt.
/// Thread-safe.
final class FakeClassifier implements LearningClassifier, AutoCloseable {

    private final LinkedBlockingQueue<Lesson> lessons = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    /// What it was taught.
    record Lesson(String id, String tenant, long prompt, Label label) {}

    private record Trace(long hash) implements PromptTrace {}

    @Override
    public Classification classify(ChatRequest request) {
        var text = request.messages().getLast().text();
        if (text.contains("blank")) {
            return new Classification.Unknown(Classification.Cause.NO_TEXT);
        }
        var difficulty = text.contains("hard") ? 0.9 : text.contains("even") ? 0.5 : 0.1;
        return new Classification.Scored(
                difficulty,
                Classification.Certainty.of(new Interval(difficulty, difficulty), Novelty.NONE),
                new Chances(1 - difficulty, 0.9),
                OptionalInt.empty(),
                List.of(),
                Optional.of(new Trace(text.hashCode())));
    }

    @Override
    public void advance(Instant now) {}

    @Override
    public void learn(String id, String tenant, PromptTrace trace, Label label, Instant now) {
        lessons.add(new Lesson(id, tenant, trace.hash(), label));
    }

    /// Forgets all lessons.
    void forget() {
        lessons.clear();
    }

    /// The lessons so far.
    List<Lesson> lessons() {
        return List.copyOf(lessons);
    }

    /// Waits for the next lesson and takes it out; nothing where none comes.
    @Nullable Lesson next() throws InterruptedException {
        return lessons.poll(10, TimeUnit.SECONDS);
    }

    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
