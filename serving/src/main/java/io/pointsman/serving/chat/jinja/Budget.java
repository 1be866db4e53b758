package io.pointsman.serving.chat.jinja;

/// What one rendering may cost: a template comes with a file and may loop, recurse or double a text
/// without end. Confined to one rendering.
final class Budget {

    private static final long MOST_WORK = 20_000_000;
    private static final int LONGEST_TEXT = 16 << 20;
    private static final int MOST_DEPTH = 600;

    private long work;
    private int depth;

    /// Pays for a step.
    void step() {
        pay(1);
    }

    /// Pays for a text or a list of this size.
    void size(long size) {
        checkLength(size);
        pay(size >> 3);
    }

    void checkLength(long size) {
        if (size > LONGEST_TEXT) {
            throw new TemplateException("the chat template writes too much");
        }
    }

    private void pay(long cost) {
        work += cost;
        if (work > MOST_WORK) {
            throw new TemplateException("the chat template takes too long");
        }
    }

    void enter() {
        if (++depth > MOST_DEPTH) {
            throw new TemplateException("the chat template is nested too deeply");
        }
    }

    void leave() {
        depth--;
    }
}
