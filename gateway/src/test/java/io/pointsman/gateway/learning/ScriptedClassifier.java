package io.pointsman.gateway.learning;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.PromptTrace;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Scores by words of the prompt, and keeps what it is taught. Thread-safe.
final class ScriptedClassifier implements LearningClassifier {

    private final LinkedBlockingQueue<Lesson> lessons = new LinkedBlockingQueue<>();

    /// What it was taught.
    record Lesson(String id, String tenant, long prompt, Label label, Instant now) {}

    @Override
    public Classification classify(ChatRequest request) {
        var text = request.messages().getLast().text();
        if (text.contains("blank")) {
            return new Classification.Unknown(Classification.Cause.NO_TEXT);
        }
        if (text.contains("even")) {
            var score = text.contains("hardly") ? 0.6 : 0.5;
            return Samples.scored(
                    score, new Interval(0.1, 0.9), new Chances(0.5, 0.9), text.hashCode());
        }
        var difficulty = text.contains("hard") ? 0.9 : 0.1;
        return Samples.scored(
                difficulty,
                new Interval(difficulty, difficulty),
                new Chances(1 - difficulty, 0.9),
                text.hashCode());
    }

    @Override
    public void advance(Instant now) {}

    @Override
    public void learn(String id, String tenant, PromptTrace trace, Label label, Instant now) {
        lessons.add(new Lesson(id, tenant, trace.hash(), label, now));
    }

    /// All lessons so far.
    Queue<Lesson> lessons() {
        return lessons;
    }

    /// Waits for the next lesson and takes it out; nothing where none comes.
    @Nullable Lesson next() throws InterruptedException {
        return lessons.poll(10, TimeUnit.SECONDS);
    }
}
