package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportTest {
    @TempDir private Path folder;

    @Test
    void writesWhatTheEngineReads() {
        var vocabulary = VocabularyTest.tiny();
        var file = folder.resolve("tiny.gguf");
        try (var root = NDManager.newBaseManager();
                var model =
                        new Transformer(
                                TrainingTest.tiny(vocabulary), root, new SplittableRandom(3))) {

            Export.write(model, Kind.REASONER, vocabulary, file);

            var gguf = Gguf.open(file);
            assertThat(gguf.metadata().requiredText("general.architecture")).isEqualTo("qwen2");
            assertThat(gguf.metadata().requiredInteger("qwen2.attention.head_count_kv"))
                    .isEqualTo(1);
            assertThat(gguf.metadata().requiredText("tokenizer.chat_template"))
                    .endsWith("'<user>' + ns.last + '<asst><think>' -}}");
            assertThat(gguf.parameters()).isEqualTo(model.parameters());
            model.weights()
                    .forEach((name, weight) ->
                            assertThat(gguf.tensor(name).orElseThrow().decode())
                                    .usingComparatorWithPrecision(0.001f)
                                    .containsExactly(weight.toFloatArray()));
        }
    }

    @Test
    void writesATokenizerThatSplitsAsItWasTrained() {
        var vocabulary = VocabularyTest.tiny();
        var file = folder.resolve("tiny.gguf");
        try (var root = NDManager.newBaseManager();
                var model =
                        new Transformer(
                                TrainingTest.tiny(vocabulary), root, new SplittableRandom(3))) {
            Export.write(model, Kind.FAST, vocabulary, file);
        }
        var tokenizer = Tokenizer.from(Gguf.open(file).metadata());
        var random = new SplittableRandom(11);
        var outside = Outside.of(java.util.List.of());

        for (var round = 0; round < 300; round++) {
            var text = outside.draw(false, 300, random).prompt();

            assertThat(tokenizer.encode(text).toArray()).isEqualTo(vocabulary.encode(text));
        }
        assertThat(tokenizer.special("<asst>")).hasValue(vocabulary.control("<asst>"));
    }
}
