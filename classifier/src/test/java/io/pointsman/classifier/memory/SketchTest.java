package io.pointsman.classifier.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Features;
import org.junit.jupiter.api.Test;

class SketchTest {

    @Test
    void keepsTheHeaviestAndTheEarlierOfEquals() {
        var sketch = Sketch.of(ngrams(4, 9, 2, 7, 5), bucket -> bucket >= 7 ? 2 : 1);

        assertThat(buckets(sketch)).containsExactly(9, 7, 4, 2, 5);
    }

    @Test
    void keepsNoMoreThanSixtyFour() {
        var many = new int[1_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }

        var sketch = Sketch.of(ngrams(many), bucket -> bucket);

        assertThat(buckets(sketch)).hasSize(64).startsWith(999, 998, 997).endsWith(936);
    }

    @Test
    void hashesEqualPromptsAlikeAndOthersNot() {
        var prompt = sketchOf("What is the capital of France?");

        assertThat(sketchOf("What is the capital of France?").hash()).isEqualTo(prompt.hash());
        assertThat(sketchOf("What is the capital of Spain?").hash()).isNotEqualTo(prompt.hash());
    }

    @Test
    void refusesMoreBucketsThanItMayHaveAndThoseThatAreNone() {
        assertThatThrownBy(() -> new Sketch(new char[Sketch.LONGEST + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 96");
        assertThatThrownBy(() -> new Sketch(new char[] {(char) FeatureSet.BUCKETS}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bucket 32768");
    }

    private static Sketch sketchOf(String prompt) {
        var features = FeatureExtractor.extract(Conversation.ofPrompt(prompt)).orElseThrow();
        return Sketch.of(features, _ -> 1);
    }

    private static int[] buckets(Sketch sketch) {
        return new String(sketch.buckets()).chars().toArray();
    }

    private static Features ngrams(int... buckets) {
        return new Features(buckets, new int[0], new float[0]);
    }
}
