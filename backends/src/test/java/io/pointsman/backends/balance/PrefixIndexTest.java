package io.pointsman.backends.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import io.pointsman.backends.ChatRequests;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrefixIndexTest {

    private final PrefixIndex index = new PrefixIndex();

    @Test
    void measuresThePartThatWasRead() {
        var start = "s".repeat(3 * PrefixIndex.BLOCK);
        index.mark(chain(start), 5);

        var longer = chain(start + "t".repeat(PrefixIndex.BLOCK));

        assertThat(match(longer, 5)).isEqualTo(0.75);
        assertThat(match(longer, 6)).isZero();
        assertThat(match(chain(start), 5)).isEqualTo(1);
        assertThat(match(chain("x" + start), 5)).isZero();
    }

    @Test
    void looksAtFullBlocksOnly() {
        assertThat(chain("x".repeat(PrefixIndex.BLOCK - 1))).isEmpty();
        assertThat(chain("x".repeat(PrefixIndex.BLOCK))).hasSize(1);
        assertThat(chain("x".repeat(1_000_000))).hasSize(PrefixIndex.MOST_BLOCKS);
    }

    @Test
    void keepsTenantsApart() {
        var request = ChatRequests.saying("x".repeat(2_000));
        var other =
                new ChatRequest(
                        new RequestId("other"),
                        new Tenant("other", true),
                        request.model(),
                        request.messages(),
                        false,
                        false,
                        1,
                        0,
                        false,
                        request.sampling(),
                        request.body());

        index.mark(PrefixIndex.chain(request), 0);

        assertThat(match(PrefixIndex.chain(other), 0)).isZero();
        assertThat(match(PrefixIndex.chain(request), 0)).isEqualTo(1);
    }

    @Test
    void forgetsAReplicaThatIsGone() {
        var chain = chain("x".repeat(2_000));
        index.mark(chain, 0);
        index.mark(chain, 63);

        index.forget(63);

        assertThat(match(chain, 63)).isZero();
        assertThat(match(chain, 0)).isEqualTo(1);
    }

    @Test
    void forgetsWhatWasReadLongestAgo() {
        var first = chain("first".repeat(200));
        index.mark(first, 0);
        var recent = chain("recent".repeat(200));
        for (int i = 0; i < 60_000; i++) {
            index.mark(chain(i + "-".repeat(600)), 1);
            if (i % 100 == 0) {
                index.mark(recent, 0);
            }
        }

        assertThat(match(first, 0)).isZero();
        assertThat(match(recent, 0)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void agreesWithASetOfPrefixes(int seed) {
        var random = new Random(seed);
        Set<String> read = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            var prompt = prompt(random);
            var chain = chain(prompt);
            int blocks = 0;
            while (blocks < chain.length
                    && read.contains(prompt.substring(0, (blocks + 1) * PrefixIndex.BLOCK))) {
                blocks++;
            }
            assertThat(match(chain, 3))
                    .isEqualTo(chain.length == 0 ? 0 : (double) blocks / chain.length);
            if (random.nextBoolean()) {
                index.mark(chain, 3);
                for (int j = 1; j <= chain.length; j++) {
                    read.add(prompt.substring(0, j * PrefixIndex.BLOCK));
                }
            }
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    private static String prompt(Random random) {
        var prompt = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            prompt.append(("" + random.nextInt(2)).repeat(PrefixIndex.BLOCK));
        }
        return prompt.append("end").toString();
    }

    private double match(long[] chain, int slot) {
        return PrefixIndex.match(index.readers(chain), slot);
    }

    private static long[] chain(String text) {
        var chain = PrefixIndex.chain(ChatRequests.saying(text));
        assertThat(Arrays.stream(chain).distinct().count()).isEqualTo(chain.length);
        return chain;
    }
}
