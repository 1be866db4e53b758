package io.pointsman.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KvCacheTest {

    private static final int BLOCK_SIZE = 4;
    private static final int BLOCKS = 6;

    @ParameterizedTest
    @MethodSource("storagesAndHeads")
    void readsBackWhatWasStored(KvStorage storage, int headSize) {
        for (long seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var layout = new KvLayout(storage, 1, BLOCK_SIZE, 3, headSize);
            var plane = KvPlane.of(layout, BLOCKS * BLOCK_SIZE);
            var row = row(random, layout.width());

            plane.store(7, row, 0);

            var head = new float[headSize];
            for (int h = 0; h < 3; h++) {
                plane.load(7, 1, h, head, 0);
                for (int i = 0; i < headSize; i++) {
                    float exact = row[h * headSize + i];
                    assertThat(Math.abs(head[i] - exact))
                            .isLessThanOrEqualTo(bound(storage, row, h * headSize, i, headSize));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsRowsApart(KvStorage storage) {
        var random = new Random(1);
        var layout = new KvLayout(storage, 1, BLOCK_SIZE, 2, 40);
        var plane = KvPlane.of(layout, BLOCKS * BLOCK_SIZE);
        var rows = new float[BLOCKS * BLOCK_SIZE][];
        Arrays.setAll(rows, _ -> row(random, 80));
        for (int slot = 0; slot < rows.length; slot++) {
            plane.store(slot, rows[slot], 0);
        }

        var one = new float[40];
        var several = new float[5 * 40];
        plane.load(3, 5, 1, several, 0);

        for (int i = 0; i < 5; i++) {
            plane.load(3 + i, 1, 1, one, 0);
            assertThat(Arrays.copyOfRange(several, i * 40, (i + 1) * 40)).isEqualTo(one);
            var alone = KvPlane.of(layout, 1);
            alone.store(0, rows[3 + i], 0);
            var expected = new float[40];
            alone.load(0, 1, 1, expected, 0);
            assertThat(one).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void storesExtremesWithoutInfinity(KvStorage storage) {
        var layout = new KvLayout(storage, 1, 1, 1, 4);
        var plane = KvPlane.of(layout, 1);
        var head = new float[4];

        plane.store(0, new float[] {1e30f, -1e30f, 0, 1}, 0);
        plane.load(0, 1, 0, head, 0);
        for (float element : head) {
            assertThat(element).isFinite();
        }

        plane.store(0, new float[] {1e-30f, 0, -0f, -1e-30f}, 0);
        plane.load(0, 1, 0, head, 0);
        for (float element : head) {
            assertThat(Math.abs(element)).isLessThanOrEqualTo(1e-30f);
        }
    }

    @Test
    void countsBytesPerBlock() {
        assertThat(new KvLayout(KvStorage.F32, 5, 16, 2, 64).blockBytes())
                .isEqualTo(2L * 5 * 16 * 128 * 4);
        assertThat(new KvLayout(KvStorage.F16, 5, 16, 2, 64).blockBytes())
                .isEqualTo(2L * 5 * 16 * 128 * 2);
        assertThat(new KvLayout(KvStorage.Q8, 5, 16, 2, 64).blockBytes())
                .isEqualTo(2L * 5 * 16 * (128 + 2 * 4));
        assertThat(new KvLayout(KvStorage.Q8, 5, 16, 2, 40).blockBytes())
                .isEqualTo(2L * 5 * 16 * (80 + 2 * 4));
    }

    @Test
    void neverHasMoreBlocksThanAnArrayHolds() {
        var layout = new KvLayout(KvStorage.Q8, 28, 16, 8, 128);

        long slots = layout.blocks(Long.MAX_VALUE) * 16L;

        assertThat(slots * layout.width()).isBetween(Integer.MAX_VALUE - 20_000L, 0x7fff_ffffL);
        assertThat(layout.blocks(layout.blockBytes() * 3 - 1)).isEqualTo(2);
    }

    static Stream<Arguments> storagesAndHeads() {
        return Arrays.stream(KvStorage.values())
                .flatMap(storage ->
                        Stream.of(2, 32, 48, 64, 100).map(size -> Arguments.of(storage, size)));
    }

    private static float bound(KvStorage storage, float[] row, int head, int i, int headSize) {
        return switch (storage) {
            case F32 -> 0;
            case F16 -> Math.abs(row[head + i]) / 2048 + 0x1p-25f;
            case Q8 -> {
                int start = i / 32 * 32;
                float largest = 0;
                for (int j = start; j < Math.min(headSize, start + 32); j++) {
                    largest = Math.max(largest, Math.abs(row[head + j]));
                }
                yield largest / 127 * 0.501f;
            }
        };
    }

    private static float[] row(Random random, int width) {
        var row = new float[width];
        for (int i = 0; i < width; i++) {
            row[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(4) - 1));
        }
        return row;
    }
}
