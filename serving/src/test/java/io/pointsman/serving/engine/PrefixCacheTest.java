package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrefixCacheTest {

    @Test
    void findsWhatWasAdded() {
        var cache = new PrefixCache(4, 2);
        int[] tokens = {1, 2, 3, 4};
        long first = cache.add(PrefixCache.ROOT, "", tokens, 0, 3);
        cache.add(first, "", tokens, 2, 1);

        assertThat(cache.find(PrefixCache.ROOT, "", tokens, 0)).isEqualTo(3);
        assertThat(cache.find(first, "", tokens, 2)).isEqualTo(1);
        assertThat(cache.find(PrefixCache.ROOT, "", tokens, 2)).isNegative();
        assertThat(cache.find(PrefixCache.ROOT, "salt", tokens, 0)).isNegative();
    }

    @Test
    void keepsTheFirstOfTwoThatAreTheSame() {
        var cache = new PrefixCache(4, 2);
        int[] tokens = {1, 2};
        long first = cache.add(PrefixCache.ROOT, "", tokens, 0, 3);

        assertThat(cache.add(PrefixCache.ROOT, "", tokens, 0, 2)).isEqualTo(first);
        assertThat(cache.find(PrefixCache.ROOT, "", tokens, 0)).isEqualTo(3);
        assertThat(cache.holds(2)).isFalse();
    }

    @Test
    void whatIsBehindAForgottenBlockIsNotFound() {
        var cache = new PrefixCache(4, 2);
        int[] tokens = {1, 2, 3, 4};
        long first = cache.add(PrefixCache.ROOT, "", tokens, 0, 0);
        cache.add(first, "", tokens, 2, 1);

        cache.forget(0);
        long again = cache.add(PrefixCache.ROOT, "", tokens, 0, 2);

        assertThat(cache.find(again, "", tokens, 2)).isNegative();
        assertThat(cache.holds(1)).isTrue();
        cache.add(again, "", tokens, 2, 1);
        assertThat(cache.find(again, "", tokens, 2)).isEqualTo(1);
        cache.checkIntegrity();
    }

    /// With one slot and few tokens, nearly everything collides.
    @ParameterizedTest
    @MethodSource("seeds")
    void r14NeverTakesOnePrefixForAnother(long seed) {
        var random = new Random(seed);
        int blocks = 1 + random.nextInt(12);
        var cache = new PrefixCache(blocks, 3, random.nextBoolean() ? 0 : 1);
        var contents = new HashMap<Integer, List<Object>>();
        Map<List<Object>, Long> nodes = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            int[] tokens = random.ints(6, 0, 3).toArray();
            var salt = random.nextInt(3) == 0 ? "s" : "";
            long parent = PrefixCache.ROOT;
            List<Object> path = List.of(salt);
            for (int from = 0; from < 6; from += 3) {
                path = List.of(path, tokens[from], tokens[from + 1], tokens[from + 2]);
                int found = cache.find(parent, salt, tokens, from);
                if (found >= 0) {
                    assertThat(contents.get(found)).isEqualTo(path);
                    parent = cache.nodeOf(found);
                } else {
                    int block = random.nextInt(blocks);
                    cache.forget(block);
                    parent = cache.add(parent, salt, tokens, from, block);
                    contents.put(block, path);
                }
                nodes.put(path, parent);
            }
            cache.checkIntegrity();
        }
        assertThat(nodes).isNotEmpty();
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }
}
