package io.pointsman.classifier.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class OutcomeFileTest {

    private static final String ROWS =
            """
            {"prompt":"a","w":0,"s":1,"weak":"f","strong":"r","reasoning_tokens":12,"other":[1]}

            {"id":7,"source":"x","task":"t","prompt":"b","w":0.25,"s":0.5}
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl", "rows.jsonl.xz", "rows.jsonl.gz"})
    void readsPlainAndCompressedRows(String name) throws IOException {
        var outcomes = OutcomeFile.read(written(name, ROWS));

        assertThat(outcomes.weak()).isEqualTo("f");
        assertThat(outcomes.strong()).isEqualTo("r");
        assertThat(outcomes.rows())
                .containsExactly(
                        new Outcome("row-1", "", "", "a", 0, 1, OptionalInt.of(12)),
                        new Outcome("7", "x", "t", "b", 0.25, 0.5, OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"prompt":"a","w":0}           | "s" must be a number in [0, 1]
                    {"prompt":"a","w":2,"s":0}     | "w" must be a number in [0, 1]
                    {"prompt":"a","w":"1","s":0}   | "w" must be a number in [0, 1]
                    {"prompt":"a","w":-0.1,"s":0}  | "w" must be a number in [0, 1]
                    {"prompt":" ","w":1,"s":0}     | "prompt" must be a text
                    {"w":1,"s":0}                  | "prompt" must be a text
                    [1]                            | is not a JSON object
                    {"prompt":                     | is not JSON
                    {"prompt":null,"w":1,"s":0}    | "prompt" must be a text
                    {"prompt":"a","w":null,"s":0}  | "w" must be a number in [0, 1]
                    {"prompt":"a","w":NaN,"s":0}   | is not JSON
                    {"prompt":"a","w":1e999,"s":0} | "w" must be a number in [0, 1]
                    {"prompt":"a","w":1e-9,"s":1e999999999} | "s" must be a number in [0, 1]
                    """)
    void namesTheLineOfAWrongRow(String row, String message) throws IOException {
        var file = written("rows.jsonl", ROWS + row + "\n");

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageContaining("rows.jsonl, line 4: " + message);
    }

    @Test
    void aWholeNumberThatNoDoubleHoldsIsOutOfRange() throws IOException {
        var file =
                written("rows.jsonl", "{\"prompt\":\"a\",\"w\":0,\"s\":" + "9".repeat(400) + "}\n");

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageEndingWith("line 1: \"s\" must be a number in [0, 1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl.xz", "rows.jsonl.gz"})
    void saysThatACompressedFileIsCutOff(String name) throws IOException {
        var file = written(name, ROWS);
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageEndingWith(
                        name + ": the compressed file is cut off; copy or compress it again");
    }

    @Test
    void refusesAFileWithoutRows() throws IOException {
        var file = written("rows.jsonl", "\n\n");

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageContaining("no rows");
    }

    @Test
    void refusesWhatIsNotCompressedAsItsNameSays() throws IOException {
        var file = Files.writeString(folder.resolve("rows.jsonl.xz"), ROWS);

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageContaining("rows.jsonl.xz");
    }

    @Test
    void eitherLineEndAndAByteOrderMarkAreFine() throws IOException {
        var file = written("rows.jsonl", "\uFEFF" + ROWS.replace("\n", "\r\n"));

        assertThat(OutcomeFile.read(file).rows())
                .extracting(Outcome::id)
                .containsExactly("row-1", "7");
    }

    @Test
    void hostileButWellFormedRowsAreRead() throws IOException {
        var file =
                written(
                        "rows.jsonl",
                        """
                        {"id":null,"source":null,"prompt":"%s","w":1e-300,"s":true,"reasoning_tokens":-5}
                        {"id":"row-1","task":[1],"prompt":"\\ud800","w":0,"s":1,"reasoning_tokens":99999999999999999999}
                        """
                                .formatted("x".repeat(1 << 20)));

        var rows = OutcomeFile.read(file).rows();

        assertThat(rows).extracting(Outcome::id).containsExactly("row-1", "row-1");
        assertThat(rows.getFirst().prompt()).hasSize(1 << 20);
        assertThat(rows.getFirst().reasoningTokens()).hasValue(0);
        assertThat(rows.getLast().task()).isEmpty();
    }

    @Test
    void neverQuotesARow() throws IOException {
        var file = written("rows.jsonl", "{\"prompt\": mysecretword}\n");

        assertThatThrownBy(() -> OutcomeFile.read(file))
                .hasMessageContaining("line 1: is not JSON, at column ")
                .hasMessageNotContaining("mysecretword");
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThatThrownBy(() -> OutcomeFile.read(folder.resolve("rows.jsonl")))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageStartingWith("there is no file ")
                .hasMessageEndingWith("rows.jsonl");
    }

    private Path written(String name, String text) throws IOException {
        var file = folder.resolve(name);
        try (OutputStream out = compressed(name, Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static OutputStream compressed(String name, OutputStream out) throws IOException {
        if (name.endsWith(".xz")) {
            return new XZOutputStream(out, new LZMA2Options());
        }
        return name.endsWith(".gz") ? new GZIPOutputStream(out) : out;
    }
}
