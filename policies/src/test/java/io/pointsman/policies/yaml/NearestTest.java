package io.pointsman.policies.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NearestTest {

    @ParameterizedTest
    @CsvSource({
        "base-ulr, base-url, 1",
        "base_url, base-url, 0",
        "Base-URL, base-url, 0",
        "mode, model, 1",
        "modell, model, 1",
        "madel, model, 1",
        "'', model, 5"
    })
    void countsSlips(String word, String other, int slips) {
        assertThat(Nearest.distance(word, other)).isEqualTo(slips);
    }

    @Test
    void suggestsOnlyWhatIsNear() {
        assertThat(Nearest.to("base-ulr", List.of("model", "base-url"))).contains("base-url");
        assertThat(Nearest.to("temperature", List.of("model", "base-url"))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void isSymmetricAndBoundedByTheLength(long seed) {
        var random = new Random(seed);
        var left = word(random);
        var right = word(random);

        var distance = Nearest.distance(left, right);

        assertThat(distance).isEqualTo(Nearest.distance(right, left));
        assertThat(distance)
                .isBetween(
                        Math.abs(left.length() - right.length()),
                        Math.max(left.length(), right.length()));
        assertThat(distance == 0).isEqualTo(left.equals(right));
    }

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    private static String word(Random random) {
        return random.ints(random.nextInt(8), 'a', 'e')
                .collect(
                        StringBuilder::new,
                        (text, letter) -> text.append((char) letter),
                        StringBuilder::append)
                .toString();
    }
}
