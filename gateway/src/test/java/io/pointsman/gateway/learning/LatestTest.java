package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.api.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatestTest {

    private static final Duration KEPT = Duration.ofNanos(50);

    private final AtomicLong now = new AtomicLong();

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    /// Beside a list that is searched from its end.
    @ParameterizedTest
    @MethodSource("seeds")
    void findsWhatAListWouldFind(int seed) {
        var random = new Random(seed);
        int capacity = 1 + random.nextInt(20);
        var latest = new Latest(capacity, KEPT, now::get);
        var list = new ArrayList<Added>();
        for (int step = 0; step < 2_000; step++) {
            now.addAndGet(random.nextInt(5));
            var name = "r" + random.nextInt(12);
            // Some of them are equal, and some only fall into one bucket.
            long hash = name.hashCode() % 5;
            switch (random.nextInt(4)) {
                case 0 ->
                        assertThat(latest.find(hash, it -> it.id().equals(name)))
                                .as("step %d", step)
                                .isEqualTo(newest(list, name));
                case 1 -> {
                    assertThat(latest.remove(hash, it -> it.id().equals(name)))
                            .as("step %d", step)
                            .isEqualTo(newest(list, name));
                    list.replaceAll(it -> it.asked().id().equals(name) ? it.removed() : it);
                }
                default -> {
                    var asked = asked(name);
                    latest.add(hash, asked);
                    list.add(new Added(asked, now.get(), true));
                    if (list.size() > capacity) {
                        list.removeFirst();
                    }
                }
            }
        }
    }

    @Test
    void keepsAsManyAsThereIsRoomForAndNoMore() {
        var latest = new Latest(3, KEPT, now::get);
        for (int i = 0; i < 4; i++) {
            latest.add(i, asked("r" + i));
        }

        assertThat(latest.find(0, _ -> true)).isEmpty();
        for (int i = 1; i < 4; i++) {
            assertThat(latest.find(i, _ -> true)).isPresent();
        }
    }

    private Optional<Asked> newest(List<Added> list, String name) {
        return list.reversed().stream()
                .filter(it -> it.there() && now.get() - it.at() < KEPT.toNanos())
                .map(Added::asked)
                .filter(it -> it.id().equals(name))
                .findFirst();
    }

    private static Asked asked(String id) {
        return new Asked(
                new RequestId(id), "a", new Classification.Unknown(Classification.Cause.NO_TEXT));
    }

    private record Added(Asked asked, long at, boolean there) {
        Added removed() {
            return new Added(asked, at, false);
        }
    }
}
