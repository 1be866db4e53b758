package io.pointsman.backends.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileDiscoveryTest {

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("replicas.txt");
    }

    @Test
    void readsHostsAndUrls() throws IOException {
        write(
                """
                # the old ones
                10.0.0.1:8000
                [fd00::1]:8000   # the new one

                https://R1.example/other/v1/
                10.0.0.1:8000
                """);

        assertThat(discovery().find())
                .containsExactly(
                        Address.of(URI.create("http://10.0.0.1:8000/v1")),
                        Address.of(URI.create("http://[fd00::1]:8000/v1")),
                        Address.of(URI.create("https://R1.example/other/v1")));
        assertThat(discovery().find())
                .extracting(Address::label)
                .containsExactly("10.0.0.1:8000", "[fd00::1]:8000", "r1.example:443");
    }

    @Test
    void findsWhatTheFileSaysNow() throws IOException {
        write("a:1\n");
        assertThat(discovery().find()).extracting(Address::label).containsExactly("a:1");

        write("b:1\nc:1");

        assertThat(discovery().find()).extracting(Address::label).containsExactly("b:1", "c:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a:1/v1",
                "http://user@a:1/v1",
                "http://a:1/v1?q",
                "a b",
                "a:1/x y",
                ":80",
                "a:b",
                "http:///v1",
                "@"
            })
    void saysWhichLineIsWrong(String line) throws IOException {
        write("a:1\n\n" + line + "\n");

        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage(
                        file
                                + ", line 3: must be host:port or a base URL such as"
                                + " http://10.0.0.3:8000/v1");
    }

    @Test
    void refusesAFileThatIsMissingEmptyOrTooLong() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage("there is no file " + file);
        write("# nothing\n\n");
        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage(file + " lists no replica");
        write("a:1\n".repeat(300_000));
        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage(file + " is longer than 1 MiB");
        write(
                String.join(
                        "\n", IntStream.range(0, 1_001).mapToObj(i -> "host" + i + ":1").toList()));
        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage(file + " lists more than 1000 replicas");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void failsOnNothingButWithAnIoException(int seed) throws IOException {
        var bytes = new byte[200];
        new Random(seed).nextBytes(bytes);
        Files.write(file, bytes);

        try {
            assertThat(discovery().find()).isNotEmpty();
        } catch (IOException wrong) {
            assertThat(wrong).hasMessageStartingWith(file.toString());
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private FileDiscovery discovery() {
        return new FileDiscovery(URI.create("http://r1.example/v1"), file);
    }
}
