package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockManagerTest {

    @Test
    void givesOutFirstWhatHoldsNothing() {
        var manager = new BlockManager(3, 4);
        int a = manager.allocate();
        int b = manager.allocate();
        manager.release(b);
        manager.release(a);

        assertThat(manager.allocate()).isEqualTo(a);
        assertThat(manager.allocate()).isEqualTo(b);
        assertThat(manager.allocate()).isEqualTo(2);
        assertThatThrownBy(manager::allocate).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void freesASharedBlockWithItsLastReference() {
        var manager = new BlockManager(1, 4);
        int block = manager.allocate();
        manager.retain(block);

        manager.release(block);
        assertThat(manager.freeBlocks()).isZero();
        manager.release(block);
        assertThat(manager.freeBlocks()).isEqualTo(1);
        assertThatThrownBy(() -> manager.release(block)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> manager.retain(block)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void freeAndUsedAreAlwaysAll(long seed) {
        var random = new Random(seed);
        int total = 1 + random.nextInt(20);
        var manager = new BlockManager(total, 4);
        var held = new ArrayList<Integer>();
        for (int i = 0; i < 2000; i++) {
            int choice = random.nextInt(3);
            if (choice == 0 && manager.freeBlocks() > 0) {
                held.add(manager.allocate());
            } else if (choice == 1 && !held.isEmpty()) {
                int index = random.nextInt(held.size());
                manager.release(held.get(index));
                held.subList(index, index + 1).clear();
            } else if (choice == 2 && !held.isEmpty()) {
                int shared = held.get(random.nextInt(held.size()));
                manager.retain(shared);
                held.add(shared);
            }
            manager.checkIntegrity();
            assertThat(manager.freeBlocks() + held.stream().distinct().count()).isEqualTo(total);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }
}
