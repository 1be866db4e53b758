package io.pointsman.policies;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PowerOfTwoTest {

    @ParameterizedTest
    @MethodSource("seeds")
    void ranksEachCandidateOnceAndAlwaysTheSame(int seed) {
        var random = new Random(seed);
        var candidates = new ArrayList<Candidate>();
        for (int i = random.nextInt(7); i > 0; i--) {
            candidates.add(candidate("c" + i, randomLoad(random)));
        }
        long draw = random.nextLong();

        var ranked = PowerOfTwo.rank(candidates, draw);

        assertThat(ranked).containsExactlyInAnyOrderElementsOf(candidates);
        assertThat(PowerOfTwo.rank(candidates, draw)).isEqualTo(ranked);
    }

    @Test
    void spreadsOverEqualReplicas() {
        var four =
                IntStream.range(0, 4).mapToObj(i -> candidate("r@" + i, load(1, 100, 1))).toList();

        assertThat(firsts(four)).allSatisfy(count -> assertThat(count).isBetween(2_300, 2_700));
    }

    @Test
    void keepsTheOrderOfEqualBackends() {
        var four =
                IntStream.range(0, 4).mapToObj(i -> candidate("c" + i, load(1, 100, 1))).toList();

        var counts = firsts(four);

        assertThat(counts.getFirst()).isBetween(4_800, 5_200);
        assertThat(counts.getLast()).isZero();
    }

    @Test
    void asksASlowCandidateOnlyWhereItMeetsABusierOne() {
        var slow = candidate("slow", load(0, 1_000, 1));
        var fast = candidate("fast", load(3, 100, 1));
        var crowded = candidate("crowded", load(20, 100, 1));

        assertThat(PowerOfTwo.rank(List.of(slow, fast), 1).getFirst()).isEqualTo(fast);
        assertThat(PowerOfTwo.rank(List.of(slow, crowded), 1).getFirst()).isEqualTo(slow);
    }

    @Test
    void takesAnAverageThatSaysNothingAnyMoreForTheBest() {
        var fast = candidate("fast", load(1, 100, 1));

        assertThat(PowerOfTwo.rank(List.of(fast, candidate("slow", load(0, 1_000, 0.5))), 1))
                .first()
                .isEqualTo(fast);
        var forgotten = candidate("forgotten", load(0, 1_000, 0.01));
        assertThat(PowerOfTwo.rank(List.of(fast, forgotten), 1)).first().isEqualTo(forgotten);
        var fresh = candidate("fresh", BackendLoad.IDLE);
        assertThat(PowerOfTwo.rank(List.of(fast, fresh), 1)).first().isEqualTo(fresh);
        var crowded = candidate("fresh", new BackendLoad(2, true));
        assertThat(PowerOfTwo.rank(List.of(fast, crowded), 1)).first().isEqualTo(fast);
    }

    @Test
    void leavesNoCandidateIdleForOnePeak() {
        var peak = candidate("peak", load(0, 60_000, 1));

        assertThat(PowerOfTwo.rank(List.of(peak, candidate("busy", load(8, 100, 1))), 1))
                .last()
                .isEqualTo(peak);
        assertThat(PowerOfTwo.rank(List.of(peak, candidate("crowded", load(10, 100, 1))), 1))
                .first()
                .isEqualTo(peak);
    }

    @Test
    void avoidsACandidateThatHangs() {
        var hangs = new BackendLoad(1, true, 1, 50, 1, 30_000, 0, 0, 0);
        var busy = load(9, 100, 1);

        assertThat(PowerOfTwo.rank(List.of(candidate("hangs", hangs), candidate("busy", busy)), 1))
                .first()
                .extracting(it -> it.backend().name())
                .isEqualTo("busy");
    }

    @Test
    void countsWhatWaitsInTheEngine() {
        var queued = new BackendLoad(0, true, 1, 100, 1, 0, 5, 0.5, 0);

        assertThat(
                        PowerOfTwo.rank(
                                List.of(
                                        candidate("queued", queued),
                                        candidate("b", load(3, 100, 1))),
                                1))
                .first()
                .extracting(it -> it.backend().name())
                .isEqualTo("b");
    }

    @Test
    void asksOneThatWarmsUpAsOftenAsItsWeightSays() {
        var candidates =
                List.of(
                        candidate("cold", new BackendLoad(0, true, 0.1, 0, 0, 0, 0, 0, 0)),
                        candidate("a", BackendLoad.IDLE),
                        candidate("b", BackendLoad.IDLE),
                        candidate("c", BackendLoad.IDLE));

        assertThat(firsts(candidates).get(0)).isZero();
        var warmer = new ArrayList<Candidate>();
        warmer.add(candidate("cold", new BackendLoad(0, true, 0.3, 0, 0, 0, 0, 0, 0)));
        for (var name : List.of("a", "b", "c")) {
            warmer.add(candidate(name, new BackendLoad(9, true)));
        }
        assertThat(firsts(warmer).get(0)).isBetween(1_000, 2_500);
    }

    @Test
    void looksForThePrefixAmongAllAndGivesItUpForLoad() {
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < 8; i++) {
            candidates.add(candidate("c" + i, load(1, 100, 1)));
        }
        candidates.add(candidate("knows", knows(2, 0.5, 0.9)));

        assertThat(firsts(candidates).get(8)).isEqualTo(10_000);
        candidates.set(8, candidate("knows", knows(9, 0.5, 0.9)));
        assertThat(firsts(candidates).get(8)).isZero();
        candidates.set(8, candidate("knows", knows(2, 0.96, 0.9)));
        assertThat(firsts(candidates).get(8)).isZero();
    }

    /// Four replicas of which one is ten times slower, each answering one call after another;
    /// requests come at random at 60 % of what all of them can do.
    @ParameterizedTest
    @MethodSource("fewSeeds")
    void answersSoonerThanRoundRobinWhereOneIsTenTimesSlower(int seed) {
        var balanced = simulate(seed, true);
        var roundRobin = simulate(seed, false);

        assertThat(percentile(balanced.latencies, 99))
                .isLessThan(percentile(roundRobin.latencies, 99) / 3);
        assertThat(balanced.calls[0] * 4).isLessThan(balanced.calls[1]);
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    static IntStream fewSeeds() {
        return IntStream.range(0, 10);
    }

    private static Simulation simulate(int seed, boolean balance) {
        var simulation = new Simulation(new Random(seed));
        for (int i = 0; i < 4_000; i++) {
            simulation.arrive(balance);
        }
        return simulation;
    }

    private static double percentile(List<Double> values, int percent) {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() * percent / 100);
    }

    /// Replicas in virtual time, with the moving average that the load tracker keeps.
    private static final class Simulation {
        private final Random random;
        private final double[] service = {1_000, 100, 100, 100};
        private final double[] freeAt = new double[4];
        private final double[] average = new double[4];
        private final double[] sampledAt = new double[4];
        private final int[] inFlight = new int[4];
        private final int[] calls = new int[4];
        private final List<Double> latencies = new ArrayList<>();
        private final PriorityQueue<double[]> ends =
                new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
        private double now;
        private int turn;

        Simulation(Random random) {
            this.random = random;
        }

        void arrive(boolean balance) {
            now += -Math.log(1 - random.nextDouble()) * 54;
            while (!ends.isEmpty() && ends.peek()[0] <= now) {
                end(ends.remove());
            }
            call(balance ? choose() : turn++ % 4);
        }

        private void end(double[] end) {
            int replica = (int) end[1];
            inFlight[replica]--;
            double kept = Math.exp(-(end[0] - sampledAt[replica]) / 10_000);
            average[replica] =
                    end[2] >= average[replica]
                            ? end[2]
                            : average[replica] * kept + end[2] * (1 - kept);
            sampledAt[replica] = end[0];
        }

        private int choose() {
            var candidates = new ArrayList<Candidate>();
            for (int i = 0; i < 4; i++) {
                double certainty = average[i] == 0 ? 0 : Math.exp(-(now - sampledAt[i]) / 10_000);
                candidates.add(candidate("" + i, load(inFlight[i], average[i], certainty)));
            }
            return Integer.parseInt(
                    PowerOfTwo.rank(candidates, random.nextLong()).getFirst().backend().name());
        }

        private void call(int replica) {
            double start = Math.max(now, freeAt[replica]);
            freeAt[replica] = start + service[replica] * (0.8 + 0.4 * random.nextDouble());
            double latency = freeAt[replica] - now;
            inFlight[replica]++;
            calls[replica]++;
            latencies.add(latency);
            ends.add(new double[] {freeAt[replica], replica, latency});
        }
    }

    private static List<Integer> firsts(List<Candidate> candidates) {
        var counts = new int[candidates.size()];
        for (int i = 0; i < 10_000; i++) {
            counts[candidates.indexOf(PowerOfTwo.rank(candidates, i * 31L).getFirst())]++;
        }
        assertThat(Arrays.stream(counts).sum()).isEqualTo(10_000);
        return Arrays.stream(counts).boxed().toList();
    }

    private static BackendLoad randomLoad(Random random) {
        return new BackendLoad(
                random.nextInt(5),
                true,
                0.1 + 0.9 * random.nextDouble(),
                random.nextInt(3) * 100,
                random.nextDouble(),
                random.nextInt(2) * 1000,
                random.nextInt(3),
                random.nextDouble(),
                random.nextInt(2) * random.nextDouble());
    }

    private static BackendLoad load(int inFlight, double millis, double certainty) {
        return new BackendLoad(inFlight, true, 1, millis, certainty, 0, 0, 0, 0);
    }

    private static BackendLoad knows(int inFlight, double kvUtilisation, double match) {
        return new BackendLoad(inFlight, true, 1, 100, 1, 0, 0, kvUtilisation, match);
    }

    private static Candidate candidate(String name, BackendLoad load) {
        return new Candidate("p", new BackendDescriptor(name, "m", 100, Optional.empty()), load);
    }
}
