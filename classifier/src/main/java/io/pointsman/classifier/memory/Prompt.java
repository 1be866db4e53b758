package io.pointsman.classifier.memory;

/// A prompt that outcomes are remembered of. What is known of it is immutable and replaced whole,
/// so that many threads can read it while one learns.
final class Prompt {

    private final String tenant;
    private final Sketch sketch;
    private volatile PromptLabels labels;

    Prompt(String tenant, Sketch sketch, PromptLabels labels) {
        this.tenant = tenant;
        this.sketch = sketch;
        this.labels = labels;
    }

    String tenant() {
        return tenant;
    }

    Sketch sketch() {
        return sketch;
    }

    PromptLabels labels() {
        return labels;
    }

    void label(PromptLabels now) {
        labels = now;
    }
}
