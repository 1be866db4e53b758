package io.pointsman.classifier.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KindFileTest {

    @TempDir private Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        var model = model();

        assertThat(read(written(model))).isEqualTo(model);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "format" : "pointsman-kinds/1" | "format" : "pointsman-kinds/9" | has the format "pointsman-kinds/9"
                    "features" : "v1               | "features" : "v0               | has the features "v0
                    "categories" : "[FACT          | "categories" : "[FUN           | has the categories "[FUN
                    "checksum" : "                 | "checksum" : "0                | has the checksum
                    "ngrams" :                     | "engrams" :                    | lacks the text "ngrams"
                    "ngram-unit" :                 | "unit" :                       | lacks the number "ngram-unit"
                    "ngrams" : "                   | "ngrams" : "*                  | is damaged
                    """)
    void refusesAFileThatDoesNotFit(String found, String replaced, String message)
            throws IOException {
        var damaged = written(model()).replace(found.strip(), replaced.strip());

        assertThatThrownBy(() -> read(damaged))
                .isInstanceOf(InvalidKindModel.class)
                .hasMessageContaining("the model of kinds here")
                .hasMessageContaining(message)
                .hasMessageContaining("lab train-tiers");
    }

    @Test
    void refusesAFileThatIsCutOff() throws IOException {
        var whole = written(model());

        assertThatThrownBy(() -> read(whole.substring(0, whole.length() / 2)))
                .isInstanceOf(InvalidKindModel.class)
                .hasMessageContaining("is not JSON");
    }

    @Test
    void theBundledModelIsSmall() throws IOException {
        try (InputStream in = KindFile.class.getResourceAsStream("kinds.json")) {
            assertThat(in).isNotNull();
            assertThat(in.readAllBytes().length).isLessThan(700_000);
        }
    }

    private String written(KindModel model) throws IOException {
        var file = folder.resolve("kinds.json");
        KindFile.write(model, Map.of("agreement", 0.5), file);
        return Files.readString(file);
    }

    private static KindModel read(String text) {
        return KindFile.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "here");
    }

    private static KindModel model() {
        var random = new Random(1);
        var ngrams = new float[KindFeatures.BUCKETS * KindModel.CLASSES];
        var traits = new float[(KindFeatures.TRAITS + 1) * KindModel.CLASSES];
        for (int i = 0; i < ngrams.length; i += 7) {
            ngrams[i] = random.nextFloat() - 0.5f;
        }
        for (int i = 0; i < traits.length; i += 3) {
            traits[i] = random.nextFloat() - 0.5f;
        }
        return KindModel.of(ngrams, traits);
    }
}
