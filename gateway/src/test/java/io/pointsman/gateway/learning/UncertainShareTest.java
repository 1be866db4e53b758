package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pointsman.api.RequestId;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UncertainShareTest {

    private static final UncertainShare TENTH = new UncertainShare(0.1);

    @Test
    void isLikeliestWhereTheScoreIsEven() {
        assertThat(TENTH.probability(Samples.scored(0.5, 0.4, 0.6))).isEqualTo(0.1);
        assertThat(TENTH.probability(Samples.scored(0.6, 0.5, 0.7))).isEqualTo(0.05, within(1e-12));
        assertThat(TENTH.probability(Samples.scored(0.9, 0.85, 0.95))).isLessThan(0.002);
    }

    @Test
    void growsWithTheInterval() {
        assertThat(TENTH.probability(Samples.scored(0.7, 0.2, 1)))
                .isGreaterThan(TENTH.probability(Samples.scored(0.7, 0.6, 0.8)));
    }

    @Test
    void decidesByTheRequestsId() {
        var scored = Samples.scored(0.5, 0.5, 0.5);
        var half = new UncertainShare(0.5);
        var id = new RequestId("req-1");

        assertThat(half.chooses(id, scored))
                .isEqualTo(half.chooses(new RequestId("req-1"), scored));
        assertThat(new UncertainShare(1).chooses(id, scored)).isTrue();
        assertThat(new UncertainShare(0).chooses(id, scored)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void choosesAsOftenAsItSays(long seed) {
        var random = new Random(seed);
        var share = new UncertainShare(0.05 + random.nextDouble() / 2);
        var chosen = 0;
        var expected = 0.0;
        var all = 20_000;
        for (var i = 0; i < all; i++) {
            var difficulty = random.nextDouble();
            var scored =
                    Samples.scored(
                            difficulty,
                            difficulty * random.nextDouble(),
                            difficulty + (1 - difficulty) * random.nextDouble());
            expected += share.probability(scored);
            chosen += share.chooses(new RequestId("req-" + seed + "-" + i), scored) ? 1 : 0;
        }

        assertThat(expected / all).isLessThanOrEqualTo(share.share());
        assertThat((double) chosen / all).isEqualTo(expected / all, within(0.015));
    }

    static IntStream seeds() {
        return IntStream.range(0, 10);
    }
}
