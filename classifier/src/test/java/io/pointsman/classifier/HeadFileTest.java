package io.pointsman.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.FeatureSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeadFileTest {

    private static final Head HEAD = Classifiers.head("embedded", Path.of(""));

    /// What a file of that head holds: writing it takes long.
    private static byte[] written = {};

    @TempDir Path folder;
    private Path file = Path.of("");

    @BeforeAll
    static void write(@TempDir Path once) throws IOException {
        var file = once.resolve("head.json");
        HeadFile.write(HEAD, Map.of("apgr", 0.5), file);
        written = Files.readAllBytes(file);
    }

    @BeforeEach
    void copy() throws IOException {
        file = Files.write(folder.resolve("head.json"), written);
    }

    @Test
    void readsWhatItWrote() {
        var read = Classifiers.head("head.json", folder);

        var features = FeatureExtractor.extract(Conversation.ofPrompt("Prove it.")).orElseThrow();
        assertThat(read.identity()).isEqualTo(HEAD.identity());
        assertThat(read.gap(features)).isEqualTo(HEAD.gap(features));
    }

    @Test
    void namesTheBundledHeadsWhereThereIsNoSuchFile() {
        assertThatThrownBy(() -> Classifiers.load("generc", folder))
                .isInstanceOf(InvalidHead.class)
                .hasMessageContaining("\"generc\"")
                .hasMessageContaining("[generic, embedded]");
    }

    @Test
    void refusesAHeadOfOtherFeatures() throws IOException {
        replace(FeatureSet.ID, "v0-abcdef01");

        assertRefused("v0-abcdef01", FeatureSet.ID, "calibrate");
    }

    @Test
    void refusesAnotherFormat() throws IOException {
        replace("pointsman-head/2", "pointsman-head/9");

        assertRefused("pointsman-head/9");
    }

    @Test
    void refusesWhatIsNotJson() throws IOException {
        Files.writeString(file, "{\"format\": ");

        assertRefused("not JSON");
    }

    @Test
    void refusesMissingFields() throws IOException {
        replace("\"slope\"", "\"slop\"");

        assertRefused("\"slope\"");
    }

    @Test
    void refusesWeightsOfAnotherLength() throws IOException {
        Files.writeString(
                file, Files.readString(file).replaceFirst("\"trees\" : [0-9]+", "\"trees\" : 1"));

        assertRefused("bytes of \"values\"");
    }

    @Test
    void refusesACalibrationThatTurnsTheOrderRound() throws IOException {
        Files.writeString(
                file, Files.readString(file).replaceFirst("\"slope\" : ", "\"slope\" : -"));

        assertRefused("slope");
    }

    @Test
    void refusesAHugeFile() throws IOException {
        Files.writeString(file, " ".repeat(9 << 20));

        assertRefused("larger");
    }

    @Test
    void refusesDeepNesting() throws IOException {
        Files.writeString(file, "[".repeat(2_000_000));

        assertRefused("not JSON");
    }

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void damageIsToldAndNothingElseIsThrown(long seed) throws IOException {
        var random = new Random(seed);
        var bytes = written.clone();
        for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(Math.min(bytes.length, seed % 2 == 0 ? 900 : bytes.length))] =
                    (byte) random.nextInt(256);
        }
        Files.write(file, bytes);

        try {
            assertThat(HeadFile.read(file)).isNotNull();
        } catch (InvalidHead e) {
            assertThat(e).hasMessageContaining("head.json");
        }
    }

    private void replace(String what, String with) throws IOException {
        Files.writeString(file, Files.readString(file).replace(what, with));
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> HeadFile.read(file))
                .isInstanceOf(InvalidHead.class)
                .hasMessageContaining("head.json")
                .hasMessageContainingAll(parts);
    }
}
