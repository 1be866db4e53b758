package io.pointsman.classifier.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.FeatureSet;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SketchTest {

    @Test
    void keepsABoundedNumberOfDistinctBuckets() {
        var sketch = sketch(words(0, 2_000));

        assertThat(buckets(sketch)).hasSize(48).doesNotHaveDuplicates();
    }

    @Test
    void twoPromptsKeepTheSameOfWhatTheyShare() {
        var one = buckets(sketch(words(0, 300)));
        var other = buckets(sketch(words(30, 330)));

        long common = Arrays.stream(one).filter(b -> contains(other, b)).count();

        assertThat(common).isGreaterThan(30);
    }

    @Test
    void promptsWithoutCommonWordsShareNextToNothing() {
        var one = buckets(sketch(words(0, 300)));
        var other = buckets(sketch(words(1_000, 1_300)));

        assertThat(Arrays.stream(one).filter(b -> contains(other, b)).count()).isLessThan(5);
    }

    @Test
    void equalPromptsHaveEqualSketches() {
        assertThat(sketch("What is the capital of France?"))
                .isEqualTo(sketch("What is the capital of France?"))
                .hasSameHashCodeAs(sketch("What is the capital of France?"))
                .isNotEqualTo(sketch("What is the capital of Spain?"));
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

    private static String words(int from, int to) {
        var text = new StringBuilder();
        IntStream.range(from, to)
                .forEach(i -> text.append(Integer.toString(i * 7919 + 46_656, 36)).append(' '));
        return text.toString().replaceAll("\\d", "q");
    }

    private static Sketch sketch(String prompt) {
        return Sketch.of(FeatureExtractor.extract(Conversation.ofPrompt(prompt)).orElseThrow());
    }

    private static int[] buckets(Sketch sketch) {
        return new String(sketch.buckets()).chars().toArray();
    }

    private static boolean contains(int[] buckets, int wanted) {
        return Arrays.stream(buckets).anyMatch(b -> b == wanted);
    }
}
