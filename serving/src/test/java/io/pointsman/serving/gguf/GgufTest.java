package io.pointsman.serving.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.serving.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GgufTest {

    @Test
    void readsMetadataOfEveryKind() {
        var metadata =
                Gguf.of(
                                new GgufWriter()
                                        .put("a.text", "Grüße")
                                        .put("a.number", 7)
                                        .put("a.real", 0.5f)
                                        .put("a.truth", true)
                                        .put("a.texts", List.of("x", "y"))
                                        .put("a.numbers", List.of(3, 4))
                                        .bytes())
                        .metadata();

        assertThat(metadata.requiredText("a.text")).isEqualTo("Grüße");
        assertThat(metadata.requiredInteger("a.number")).isEqualTo(7);
        assertThat(metadata.real("a.real")).hasValue(0.5);
        assertThat(metadata.truth("a.truth")).contains(true);
        assertThat(metadata.texts("a.texts")).containsExactly("x", "y");
        assertThat(metadata.integers("a.numbers")).containsExactly(3, 4);
        assertThat(metadata.text("absent")).isEmpty();
    }

    @Test
    void readsEveryScalarType() {
        var types = new int[] {0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12};
        for (int type : types) {
            var buffer = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(0x46554747).putInt(3).putLong(0).putLong(1).putLong(1).put((byte) 'k');
            buffer.putInt(type).putLong(0);

            assertThat(Gguf.of(buffer.array()).metadata().value("k")).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void decodesTensors(TensorType type) {
        var values = new float[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = i - 32;
        }

        var file = Gguf.of(new GgufWriter().tensor("t", type, 32, 2, values).bytes());

        var decoded = file.tensor("t", 32, 2).decode();
        for (int i = 0; i < values.length; i++) {
            assertThat(decoded[i]).isCloseTo(values[i], within(type));
        }
    }

    @Test
    void mapsFiles(@TempDir Path folder) throws IOException {
        var path = Files.write(folder.resolve("model.gguf"), tiny());

        assertThat(Gguf.open(path).parameters()).isPositive();
    }

    @Test
    void namesTheFileThatCannotBeRead(@TempDir Path folder) throws IOException {
        var path = Files.writeString(folder.resolve("model.gguf"), "<html>Not found</html>");

        assertThatThrownBy(() -> Gguf.open(path))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("model.gguf")
                .hasMessageContaining("not a GGUF file");
        assertThatThrownBy(() -> Gguf.open(folder.resolve("absent.gguf")))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("absent.gguf");
    }

    @Test
    void refusesEveryTruncation() {
        var bytes =
                new GgufWriter().put("k", "v").tensor("t", TensorType.F32, 4, 1, four()).bytes();

        for (int length = 0; length < bytes.length; length++) {
            var cut = Arrays.copyOf(bytes, length);

            assertThatThrownBy(() -> Gguf.of(cut)).isInstanceOf(GgufException.class);
        }
    }

    @Test
    void refusesHugeCountsWithoutAllocatingThem() {
        for (long count : new long[] {-1, Long.MAX_VALUE, 1L << 40, Integer.MAX_VALUE}) {
            assertRefused(header(count, 0), "tensors");
            assertRefused(header(0, count), "metadata entries");
            assertRefused(array(4, count), "elements");
            assertRefused(array(8, count), "elements");
        }
    }

    @Test
    void refusesDeeplyNestedArrays() {
        var buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(header(0, 1)).putLong(1).put((byte) 'k').putInt(9);
        while (buffer.remaining() >= 12) {
            buffer.putInt(9).putLong(1);
        }

        assertRefused(buffer.array(), "nests arrays");
    }

    @Test
    void refusesUnknownTypesAndAlignments() {
        assertRefused(array(77, 1), "unknown type 77");
        assertRefused(new GgufWriter().put("general.alignment", 3).bytes(), "power of two");
        assertRefused(new GgufWriter().put("general.alignment", 0).bytes(), "power of two");
    }

    @Test
    void refusesRowsThatAreNotWholeBlocks() {
        var bytes = new GgufWriter().tensor("t", TensorType.Q8_0, 32, 1, new float[32]).bytes();
        int columns = 4 + 4 + 8 + 8 + 8 + 1 + 4;
        bytes[columns] = 31;

        assertRefused(bytes, "multiple of 32");
    }

    @Test
    void namesTheTensorOfAnotherShape() {
        var file = Gguf.of(new GgufWriter().tensor("t", TensorType.F32, 4, 1, four()).bytes());

        assertThatThrownBy(() -> file.tensor("t", 8, 1)).hasMessageContaining("tensor t is 4 x 1");
        assertThatThrownBy(() -> file.tensor("u", 8, 1)).hasMessageContaining("no tensor u");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void damageIsRefusedOrHarmless(long seed) {
        var random = new Random(seed);
        var original = tiny();
        int header = 16_000;
        for (int round = 0; round < 40; round++) {
            var bytes = original.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                int at = random.nextInt(random.nextBoolean() ? 64 : header);
                bytes[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            }
            try {
                Gguf.of(bytes).tensor("token_embd.weight").ifPresent(Tensor::decode);
            } catch (GgufException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 25);
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> Gguf.of(bytes))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining(message);
    }

    private static byte[] header(long tensors, long entries) {
        return ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x46554747)
                .putInt(3)
                .putLong(tensors)
                .putLong(entries)
                .array();
    }

    private static byte[] array(int type, long count) {
        return ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header(0, 1))
                .putLong(1)
                .put((byte) 'k')
                .putInt(9)
                .putInt(type)
                .putLong(count)
                .array();
    }

    private static Offset<Float> within(TensorType type) {
        return Assertions.within(type == TensorType.Q8_0 ? 0.2f : 0f);
    }

    private static byte[] tiny() {
        return TinyModel.bytes("qwen2", TensorType.F16, true, 1);
    }

    private static float[] four() {
        return new float[] {1, 2, 3, 4};
    }
}
