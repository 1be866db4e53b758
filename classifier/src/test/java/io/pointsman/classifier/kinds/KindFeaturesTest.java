package io.pointsman.classifier.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KindFeaturesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXPLIQUE COMO FUNCIONA A INDEXACAO",
                "explique cómo\u200b funciona a indexação",
                "explique   como funciona a indexac\u0327a\u0303o?",
                "ｅｘｐｌｉｑｕｅ como funciona a indexação"
            })
    void caseAccentsWidthAndSpaceDoNotMatter(String variant) {
        var plain = KindFeatures.of("Explique como funciona a indexação");

        var features = KindFeatures.of(variant);

        assertThat(features.ngrams()).containsExactlyInAnyOrder(plain.ngrams());
        assertThat(features.traits()).containsExactlyInAnyOrder(plain.traits());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 600, 100_000})
    void indicesAreDistinctAndInRange(int length) {
        var features = KindFeatures.of("Prove, that 证明 и ".repeat(6_000).substring(0, length));

        assertThat(features.ngrams()).doesNotHaveDuplicates();
        assertThat(Arrays.stream(features.ngrams()))
                .allMatch(it -> it >= 0 && it < KindFeatures.BUCKETS);
        assertThat(features.traits()).doesNotHaveDuplicates();
        assertThat(Arrays.stream(features.traits()))
                .allMatch(it -> it >= 0 && it < KindFeatures.TRAITS);
    }
}
