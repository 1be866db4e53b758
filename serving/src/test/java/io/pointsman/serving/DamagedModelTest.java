package io.pointsman.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.TensorType;
import io.pointsman.serving.model.KvStorage;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that are damaged or made to do harm: each is refused with a reason, or runs.
class DamagedModelTest {

    private static final byte[] MODEL = TinyModel.bytes("qwen2", TensorType.F16, false, 1);
    private static final long MOST_BYTES = 64 << 20;
    private static final EngineOptions OPTIONS =
            EngineOptions.DEFAULT.withSteps(4, 8, 2).withKvCache(1 << 20, KvStorage.F32);

    @ParameterizedTest
    @MethodSource("seeds")
    void isRefusedOrRuns(long seed) {
        var random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 100; round++) {
            long before = allocated();
            try {
                var model = LanguageModel.of(Gguf.of(damaged(random)));
                model.memory(OPTIONS);
                model.start(OPTIONS).close();
            } catch (GgufException e) {
                assertThat(e).hasMessageMatching("(?s).+");
                refused++;
            }
            assertThat(allocated() - before).isLessThan(MOST_BYTES);
        }
        assertThat(refused).isBetween(10, 100);
    }

    /// The model with a few bytes changed in its header, most of them in numbers.
    private static byte[] damaged(Random random) {
        var bytes = MODEL.clone();
        var text = new String(MODEL, StandardCharsets.ISO_8859_1);
        int tensors = text.indexOf("blk.0.");
        for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
            switch (random.nextInt(4)) {
                case 0 -> bytes[random.nextInt(tensors + 2000)] = (byte) random.nextInt();
                case 1 -> {
                    // A value of the model's shape: what follows the name of a key and its type.
                    int key = text.indexOf("qwen2.", random.nextInt(tensors));
                    int end = key;
                    while (key >= 0 && text.charAt(end) > ' ') {
                        end++;
                    }
                    for (int i = 0; key >= 0 && i < 4; i++) {
                        bytes[end + 4 + i] = random.nextBoolean() ? 0 : (byte) random.nextInt();
                    }
                }
                case 2 -> {
                    int at = random.nextInt(tensors);
                    for (int i = 0; i < 8; i++) {
                        bytes[at + i] = (byte) (random.nextBoolean() ? 0xff : 0);
                    }
                }
                default -> bytes[tensors + random.nextInt(3000)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return bytes;
    }

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
