package io.pointsman.classifier.kinds;

import static io.pointsman.classifier.kinds.ByteSums.COLUMNS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSumsTest {

    @ParameterizedTest
    @MethodSource("seeds")
    void addsAsALoopDoes(int seed) {
        var random = new Random(seed);
        var table = new byte[COLUMNS * 50];
        random.nextBytes(table);
        var rows = random.ints(3000, 0, 50).toArray();
        int count = random.nextInt(rows.length + 1);
        var expected = new int[COLUMNS];

        var sums = ByteSums.of(table, rows, count);

        for (int i = 0; i < count; i++) {
            for (int column = 0; column < COLUMNS; column++) {
                expected[column] += table[rows[i] * COLUMNS + column];
            }
        }
        assertThat(sums).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(bytes = {Byte.MIN_VALUE, -1, 0, Byte.MAX_VALUE})
    void holdsTheLargestSums(byte value) {
        var table = new byte[COLUMNS];
        Arrays.fill(table, value);

        var sums = ByteSums.of(table, new int[10_000], 10_000);

        assertThat(sums).hasSize(COLUMNS).containsOnly(10_000 * value);
    }

    @Test
    void hasAColumnForEachCategory() {
        assertThat(KindModel.CLASSES).isEqualTo(COLUMNS);
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }
}
