package io.pointsman.classifier.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PostingsTest {

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsItsOrderWhateverIsRemoved(long seed) {
        var random = new Random(seed);
        var births = new long[5_000];
        var postings = new Postings();
        var expected = new ArrayList<Integer>();
        for (int slot = 0; slot < births.length; slot++) {
            births[slot] = 2L * slot;
            postings.add(slot);
            expected.add(slot);
            // Growing for a while, then shrinking, from the old end for the most part.
            while (expected.size() > 1 && random.nextInt(births.length) < slot) {
                int at =
                        random.nextInt(4) == 0
                                ? random.nextInt(expected.size())
                                : random.nextInt(Math.min(3, expected.size()));
                int gone = expected.get(at);
                expected.remove(Integer.valueOf(gone));
                assertThat(postings.remove(gone, births)).isFalse();
            }
        }

        assertThat(postings.size()).isEqualTo(expected.size());
        for (int age = 0; age < expected.size(); age++) {
            assertThat(postings.newest(age)).isEqualTo(expected.reversed().get(age));
        }
        while (expected.size() > 1) {
            assertThat(postings.remove(expected.removeFirst(), births)).isFalse();
        }
        assertThat(postings.remove(expected.removeFirst(), births)).isTrue();
    }
}
