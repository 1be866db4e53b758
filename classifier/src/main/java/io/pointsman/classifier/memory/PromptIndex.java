package io.pointsman.classifier.memory;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/// The prompts of one owner or of several, found by likeness. Safe for use by many threads: those
/// that look wait while one adds or removes, which takes microseconds.
final class PromptIndex {

    private final StampedLock lock = new StampedLock();
    private final SketchIndex sketches;
    private @Nullable Prompt[] prompts = new @Nullable Prompt[4];

    private volatile int size;

    PromptIndex(SketchSpace space) {
        this.sketches = new SketchIndex(space);
    }

    /// Adds `prompt`, and tells its slot.
    int add(Prompt prompt) {
        long stamp = lock.writeLock();
        try {
            int slot = sketches.add(prompt.sketch());
            if (slot >= prompts.length) {
                prompts = Arrays.copyOf(prompts, Math.max(slot + 1, 2 * prompts.length));
            }
            prompts[slot] = prompt;
            size = sketches.size();
            return slot;
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /// Forgets the prompt at `slot`.
    void remove(int slot) {
        long stamp = lock.writeLock();
        try {
            sketches.remove(slot);
            prompts[slot] = null;
            size = sketches.size();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /// How many prompts there are, nearly: others may be adding.
    int size() {
        return size;
    }

    /// The prompts most like `query`, at most `most` of them, found in so many visits.
    NearPrompts nearest(Sketch query, int most, int visits) {
        long stamp = lock.readLock();
        try {
            var neighbours = sketches.nearest(query, most, visits);
            var near = new Prompt[neighbours.count()];
            for (int i = 0; i < near.length; i++) {
                near[i] = requireNonNull(prompts[neighbours.slots()[i]]);
            }
            return new NearPrompts(near, neighbours.similarities());
        } finally {
            lock.unlockRead(stamp);
        }
    }
}
