package io.pointsman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void arrivalsComeAtTheRateAskedForAndAsIndependentlyAsPoisson(long seed) {
        var arrivals = new Arrivals(seed, 1_000, 200);
        var gaps = new ArrayList<Double>();
        long last = 1_000;
        for (int i = 0; i < 50_000; i++) {
            long next = arrivals.next();
            gaps.add((next - last) / 1e6);
            last = next;
        }

        double mean = gaps.stream().mapToDouble(gap -> gap).average().orElseThrow();
        double longer = gaps.stream().filter(gap -> gap > 5).count() / 50_000.0;

        assertThat(mean).isCloseTo(5, within(0.1));
        assertThat(longer).isCloseTo(Math.exp(-1), within(0.01));
    }

    @Test
    void aDelayBelowNothingCountsAsNone() {
        var figures = new Figures();

        Figures.record(figures.tokenDelay, -5);
        Figures.record(figures.tokenDelay, 3_000_000);

        assertThat(Figures.micros(figures.tokenDelay, 50)).isZero();
        assertThat(Figures.micros(figures.tokenDelay, 99)).isCloseTo(3000, within(5.0));
        assertThat(Figures.micros(figures.ttft, 50)).isNaN();
    }

    @Test
    void theMedianIsTakenOfEachFigureAlone() {
        var median = Cell.median(List.of(cell(3, 10), cell(1, 30), cell(2, 20)));

        assertThat(median.cpu()).isEqualTo(2);
        assertThat(median.p50()).isEqualTo(20);
    }

    @Test
    void aSlopeIsThatOfTheLine() {
        var slope = new Slope();
        for (int i = 0; i < 10; i++) {
            slope.add(i, 100 - 3 * i);
        }

        assertThat(slope.perX()).isCloseTo(-3, within(1e-9));
        assertThat(slope.mean()).isCloseTo(86.5, within(1e-9));
        assertThat(new Slope().perX()).isZero();
    }

    @Test
    void heapInfoLeavesTheMetaspaceOut() {
        var text =
                """
                28918:
                DefNew     total 116160K, used 31021K [0x0000000687400000, 0x000000068f200000)
                 eden space 103296K,  30% used [0x0000000687400000, 0x000000068924b530)
                Tenured    total 258048K, used 1166K [0x0000000704d50000, 0x0000000714950000)
                 the  space 258048K,   0% used [0x0000000704d50000, 0x0000000704e73ab8)
                 Metaspace       used 101K, committed 320K, reserved 1114112K
                """;

        assertThat(HeapInfo.usedBytes(text)).isEqualTo((31021 + 1166) * 1024L);
    }

    @Test
    void theDearestFramesAreCountedOncePerStack() {
        var top =
                Flame.top(
                        List.of("a;io/pointsman/b;a 30", "a;c 70", "a;CompileBroker::x;d 900"), 2);

        assertThat(top).contains("70.0 %  c", "30.0 %  a", "100.0 %  a", "30.0 %  io/pointsman/b");
    }

    private static Cell cell(double cpu, double p50) {
        return new Cell("s", "p", cpu, 1, 1, 0, 0, 1, 1, 0, p50, 1, 1, 1, 1, 1, 1, 1, 1);
    }
}
