package io.pointsman.backends.balance;

import static io.pointsman.backends.balance.Replicas.replica;
import static io.pointsman.backends.balance.Replicas.scripted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.backends.resilience.LoadTracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutlierEjectionTest {

    private final BackendCounters counters = new BackendCounters();
    private final OutlierEjection ejection = new OutlierEjection(counters);
    private final List<Member> members = new ArrayList<>();
    private long nanos;

    @Test
    void ejectsAMemberThatFailsFiveTimesInARow() {
        pool(3);
        fail(0, 4);
        sweep();
        assertThat(ejected()).isEmpty();

        fail(0, 1);
        sweep();

        assertThat(ejected()).containsExactly(0);
        assertThat(
                        members.get(0)
                                .replica()
                                .load(members.get(0).ejectedFor(nanos), 0, nanos)
                                .available())
                .isFalse();
        assertThat(members.get(0).ejectedFor(nanos)).contains(Duration.ofSeconds(30));
        assertThat(counters.of("r").ejections()).isEqualTo(1);
    }

    @Test
    void takesItBackAfterThirtySecondsAndWarmsItUp() {
        pool(2);
        fail(0, 5);
        sweep();

        pass(Duration.ofSeconds(29));
        assertThat(ejected()).containsExactly(0);
        pass(Duration.ofSeconds(1));

        assertThat(ejected()).isEmpty();
        var replica = members.get(0).replica();
        assertThat(replica.weight(nanos)).isEqualTo(0.1);
        assertThat(replica.weight(nanos + Duration.ofSeconds(15).toNanos()))
                .isCloseTo(0.55, within(1e-9));
        assertThat(replica.weight(nanos + Duration.ofSeconds(30).toNanos())).isEqualTo(1);
    }

    @Test
    void keepsItAwayLongerEachTime() {
        pool(2);
        var away = new ArrayList<Long>();
        for (int i = 0; i < 12; i++) {
            fail(0, 5);
            sweep();
            assertThat(ejected()).containsExactly(0);
            long start = nanos;
            while (!ejected().isEmpty()) {
                pass(Duration.ofSeconds(1));
            }
            away.add(Duration.ofNanos(nanos - start).toSeconds());
        }

        assertThat(away)
                .containsExactly(
                        30L, 60L, 90L, 120L, 150L, 180L, 210L, 240L, 270L, 300L, 300L, 300L);
        pass(Duration.ofMinutes(6));
        fail(0, 5);
        sweep();
        pass(Duration.ofSeconds(30));
        assertThat(ejected()).isEmpty();
    }

    @Test
    void ejectsOneThatFailsMoreOftenThanTheRest() {
        pool(4);
        sweep();
        for (int i = 0; i < 40; i++) {
            answer(0, 1);
            fail(0, 1);
            answer(1, 2);
            answer(2, 2);
            answer(3, 1);
        }

        pass(Duration.ofSeconds(10));

        assertThat(ejected()).containsExactly(0);
    }

    @Test
    void blamesNobodyWhereAllFailAlike() {
        pool(4);
        sweep();
        for (int i = 0; i < 40; i++) {
            for (int member = 0; member < 4; member++) {
                answer(member, 1);
                fail(member, 1);
            }
        }

        pass(Duration.ofSeconds(10));

        assertThat(ejected()).isEmpty();
    }

    @Test
    void neverEjectsTheOnlyMember() {
        pool(1);
        fail(0, 100);

        pass(Duration.ofSeconds(30));

        assertThat(ejected()).isEmpty();
    }

    @Test
    void keepsTheLastOneThatIsAvailable() {
        pool(2);
        members.get(1).replica().probed(false);
        fail(0, 5);

        sweep();

        assertThat(ejected()).isEmpty();
    }

    @Test
    void takesAllBackWhereNoneOfTheOthersIsAvailable() {
        pool(2);
        fail(0, 5);
        sweep();
        assertThat(ejected()).containsExactly(0);

        members.get(1).replica().probed(false);
        pass(Duration.ofSeconds(1));

        assertThat(ejected()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverEjectsMoreThanHalfWhateverHappens(int seed) {
        var random = new Random(seed);
        pool(1 + random.nextInt(9));
        for (int i = 0; i < 300; i++) {
            int member = random.nextInt(members.size());
            switch (random.nextInt(4)) {
                case 0 -> answer(member, random.nextInt(30));
                case 1, 2 -> fail(member, random.nextInt(10));
                default -> pass(Duration.ofSeconds(random.nextInt(40)));
            }
            sweep();
            assertThat(ejected().size() * 2).isLessThanOrEqualTo(members.size());
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    private void pool(int size) {
        var pool = new Pool("pool", List.of("r"));
        for (int i = 0; i < size; i++) {
            members.add(new Member(pool, replica(scripted("r@" + i)), Member.NO_SLOT));
        }
    }

    private void fail(int member, int times) {
        for (int i = 0; i < times; i++) {
            tracker(member).begin();
            tracker(member).trouble();
            tracker(member).end(false);
        }
    }

    private void answer(int member, int times) {
        for (int i = 0; i < times; i++) {
            tracker(member).begin();
            tracker(member).firstToken(1);
            tracker(member).end(true);
        }
    }

    private LoadTracker tracker(int member) {
        return members.get(member).replica().backend().tracker();
    }

    private void pass(Duration time) {
        for (long left = time.toSeconds(); left > 0; left--) {
            nanos += Duration.ofSeconds(1).toNanos();
            sweep();
        }
    }

    private void sweep() {
        ejection.sweep(members, nanos);
    }

    private List<Integer> ejected() {
        return IntStream.range(0, members.size())
                .filter(i -> members.get(i).ejected())
                .boxed()
                .toList();
    }
}
