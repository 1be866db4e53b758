package io.pointsman.classifier;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Kind;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.PromptTrace;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.features.UserText;
import io.pointsman.classifier.kinds.KindClassifier;
import io.pointsman.classifier.memory.Evidence;
import io.pointsman.classifier.memory.KnownPrompts;
import io.pointsman.classifier.memory.OutcomeMemory;
import io.pointsman.classifier.memory.Sketch;
import io.pointsman.classifier.memory.SketchSpace;
import io.pointsman.classifier.memory.Trace;
import java.time.Instant;
import java.util.Optional;

/// Judges by one head, and corrects it by what is remembered of how models did on like prompts.
/// Safe for use by many threads; looks at a bounded number of characters, messages and outcomes,
/// whatever a request holds.
public final class DifficultyClassifier implements LearningClassifier, AutoCloseable {

    /// How much the head counts beside its neighbours' errors: as much as outcomes of this mass.
    private static final double HEAD_MASS = 0.2;

    private final Head head;
    private final KindClassifier kinds;
    private final OutcomeMemory memory;
    private final KnownPrompts known;

    /// Judges by `head`, `kinds` and `memory`, and closes `memory` with itself.
    public DifficultyClassifier(Head head, KindClassifier kinds, OutcomeMemory memory) {
        this.head = head;
        this.kinds = kinds;
        this.memory = memory;
        this.known = new KnownPrompts(head.known(), new SketchSpace(NgramRarity::of));
    }

    /// What is expected before anything was learned.
    public Head head() {
        return head;
    }

    /// What was learned.
    public OutcomeMemory memory() {
        return memory;
    }

    @Override
    public Classification classify(ChatRequest request) {
        return classify(Conversation.of(request), request.tenant().name());
    }

    /// The difficulty of what the user said last, to `tenant`.
    public Classification classify(Conversation conversation, String tenant) {
        try {
            return UserText.of(conversation)
                    .<Classification>map(text -> scored(text, conversation, tenant))
                    .orElse(new Classification.Unknown(Classification.Cause.NO_TEXT));
        } catch (RuntimeException | StackOverflowError e) {
            return new Classification.Unknown(Classification.Cause.FAILED);
        }
    }

    @Override
    public Optional<Kind> kind(ChatRequest request) {
        var conversation = Conversation.of(request);
        try {
            return UserText.of(conversation).map(text -> kind(text, conversation));
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    private Kind kind(UserText text, Conversation conversation) {
        var features = FeatureExtractor.features(text, conversation);
        return kinds.kind(text.chars(), text.length(), features);
    }

    private Classification.Scored scored(UserText text, Conversation conversation, String tenant) {
        var features = FeatureExtractor.features(text, conversation);
        var sketch = Sketch.of(features);
        var evidence = memory.evidence(tenant, sketch);
        var expected = Expectation.of(head, features);
        var corrected = expected.corrected(evidence);
        double difficulty = head.difficulty(corrected.gap());
        var certainty = new ScoreCertainty(head, known, sketch, evidence, corrected.gap());
        return new Classification.Scored(
                difficulty,
                certainty,
                corrected.chances(),
                head.thinkingTokens(features),
                Reasons.of(head, features, difficulty >= 0.5),
                Optional.of(
                        new Trace(
                                features.hash(),
                                sketch,
                                (float) expected.chances().fast(),
                                (float) expected.chances().reasoner(),
                                certainty.novel(),
                                KindClassifier.byBuild(features))));
    }

    @Override
    public void learn(String id, String tenant, PromptTrace trace, Label label, Instant now) {
        if (!(trace instanceof Trace known)) {
            throw new IllegalArgumentException("the trace is another classifier's");
        }
        memory.learn(id, tenant, known, label, now);
    }

    @Override
    public void advance(Instant now) {
        memory.advance(now);
    }

    /// Writes what was learned to its file.
    @Override
    public void close() {
        memory.close();
    }

    /// What is expected of the two models on a prompt.
    ///
    /// @param gap how much better the reasoner's answer is, in [-1, 1]
    /// @param reasoner how good the reasoner's answer is, in [0, 1]
    private record Expectation(double gap, double reasoner) {

        static Expectation of(Head head, Features features) {
            return new Expectation(head.gap(features), head.reasoner(features));
        }

        Expectation corrected(Evidence evidence) {
            double gapError = evidence.gap() / (evidence.mass() + HEAD_MASS);
            double reasonerError = evidence.reasoner() / (evidence.reasonerMass() + HEAD_MASS);
            return new Expectation(
                    Math.clamp(gap + gapError, -1, 1), Math.clamp(reasoner + reasonerError, 0, 1));
        }

        Classification.Chances chances() {
            return new Classification.Chances(Math.clamp(reasoner - gap, 0, 1), reasoner);
        }
    }
}
