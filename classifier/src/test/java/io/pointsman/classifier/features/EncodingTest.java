package io.pointsman.classifier.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EncodingTest {

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    /// Values below, at, between and above the cuts.
    @ParameterizedTest
    @MethodSource("seeds")
    void tellsOfEveryStretchHowMuchIsCovered(long seed) {
        var random = new Random(seed);
        var structure = new float[Structure.COUNT];
        for (var feature : Structure.values()) {
            var cuts = feature.cuts();
            float cut = cuts[random.nextInt(cuts.length)];
            structure[feature.index()] = cut + random.nextInt(3) * (random.nextFloat() - 0.5f) * 4;
        }

        var encoded = dense(Encoding.of(structure));

        int at = 0;
        for (var feature : Structure.values()) {
            var cuts = feature.cuts();
            for (int i = 1; i < cuts.length; i++) {
                float value = structure[feature.index()];
                float covered = (value - cuts[i - 1]) / (cuts[i] - cuts[i - 1]);
                assertThat(encoded[at++]).isEqualTo(Math.clamp(covered, 0, 1));
            }
        }
        assertThat(at).isEqualTo(Encoding.LENGTH);
    }

    private static float[] dense(Encoding encoding) {
        var dense = new float[Encoding.LENGTH];
        for (int i = 0; i < encoding.count(); i++) {
            dense[encoding.stretches()[i]] = encoding.covered()[i];
        }
        return dense;
    }
}
