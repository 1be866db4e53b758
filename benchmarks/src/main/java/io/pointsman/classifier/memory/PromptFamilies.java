package io.pointsman.classifier.memory;

import java.util.Random;

/// Made-up prompts that are like real traffic where it matters to an index: words as frequent as
/// Zipf found them (Human Behavior and the Principle of Least Effort, 1949), and most prompts made
/// from a template, some templates far more often than others.
final class PromptFamilies {

    private static final int WORDS = 30_000;
    private static final int FAMILIES = 2_000;

    private final Random random;
    private final String[] words = new String[WORDS];
    private final String[][] templates = new String[FAMILIES][];

    PromptFamilies(long seed) {
        this.random = new Random(seed);
        for (int i = 0; i < WORDS; i++) {
            words[i] = word(2 + random.nextInt(4));
        }
        for (int i = 0; i < FAMILIES; i++) {
            templates[i] = text(10 + random.nextInt(40));
        }
    }

    /// Another prompt: of 20 to 150 words, a third of them or less from its template.
    String next() {
        var template = templates[zipf(FAMILIES)];
        var own = text(10 + random.nextInt(100));
        return String.join(" ", template) + ". " + String.join(" ", own) + "?";
    }

    private String[] text(int length) {
        var text = new String[length];
        for (int i = 0; i < length; i++) {
            text[i] = words[zipf(WORDS)];
        }
        return text;
    }

    /// A rank below `count`, the probability of each about one over the rank.
    private int zipf(int count) {
        return (int) Math.pow(count + 1, random.nextDouble()) - 1;
    }

    private String word(int syllables) {
        var word = new StringBuilder();
        for (int i = 0; i < syllables; i++) {
            word.append("bcdfghklmnprstvw".charAt(random.nextInt(16)))
                    .append("aeiou".charAt(random.nextInt(5)));
        }
        return word.toString();
    }
}
