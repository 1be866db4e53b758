package io.pointsman.classifier.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSumsTest {

    @ParameterizedTest
    @MethodSource("seeds")
    void addsAsALoopDoes(int seed) {
        var random = new Random(seed);
        int columns = 1 + random.nextInt(40);
        var table = new byte[columns * 50];
        random.nextBytes(table);
        var sums = new ByteSums(columns);
        var expected = new int[columns];

        for (int i = random.nextInt(3000); i > 0; i--) {
            int row = random.nextInt(50) * columns;
            sums.add(table, row);
            for (int column = 0; column < columns; column++) {
                expected[column] += table[row + column];
            }
        }

        assertThat(sums.toArray()).startsWith(expected);
    }

    @ParameterizedTest
    @ValueSource(bytes = {Byte.MIN_VALUE, -1, 0, Byte.MAX_VALUE})
    void holdsTheLargestSums(byte value) {
        var table = new byte[64];
        Arrays.fill(table, value);
        var sums = new ByteSums(19);

        for (int i = 0; i < 10_000; i++) {
            sums.add(table, 0);
        }

        assertThat(IntStream.of(sums.toArray()).limit(19)).containsOnly(10_000 * value);
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }
}
