package io.pointsman.classifier.memory;

import java.util.Arrays;

/// Prompts like another, nearest first. Immutable by contract: nobody writes to the arrays.
record NearPrompts(Prompt[] prompts, float[] similarities) {

    int count() {
        return prompts.length;
    }

    /// The nearest of both, at most `most`; these before the others where they are as near.
    NearPrompts merged(NearPrompts others, int most) {
        if (others.count() == 0) {
            return this;
        }
        int count = Math.min(most, count() + others.count());
        var nearest = Arrays.copyOf(prompts, count);
        var near = new float[count];
        int mine = 0;
        for (int i = 0; i < count; i++) {
            int other = i - mine;
            boolean ours =
                    other == others.count()
                            || (mine < count() && similarities[mine] >= others.similarities[other]);
            nearest[i] = ours ? prompts[mine] : others.prompts[other];
            near[i] = ours ? similarities[mine] : others.similarities[other];
            mine += ours ? 1 : 0;
        }
        return new NearPrompts(nearest, near);
    }
}
