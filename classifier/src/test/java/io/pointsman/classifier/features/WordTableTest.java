package io.pointsman.classifier.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordTableTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100, 511, 819, 1_023})
    void tellsWhatIsKnownOfEachWordAndNothingOfOthers(int size) {
        var random = new Random(size);
        var words = new HashMap<Long, Long>();
        while (words.size() < size) {
            words.put(random.nextLong(), random.nextLong());
        }

        var table = WordTable.of(words);

        words.forEach((hash, known) -> assertThat(table.get(hash)).isEqualTo(known));
        for (int i = 0; i < 1_000; i++) {
            assertThat(table.get(random.nextLong())).isZero();
        }
        assertThat(table.get(0)).isZero();
    }
}
