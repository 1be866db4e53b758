package io.pointsman.lab.random;

import static org.assertj.core.api.Assertions.assertThat;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import de.kherud.llama.args.LogFormat;
import io.pointsman.lab.gguf.Storage;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.gguf.Gguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomModelTest {

    private static final String PROMPT = "<user>Why is the sky blue? abcd efgh<asst>";
    private static final int TOKENS = 40;

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"tiny,F32", "tiny-llama,F32", "tiny,F16", "tiny,Q8_0"})
    void writesWhatLlamaCppReadsAndAnswersAlike(String name, Storage storage) throws Exception {
        var file = write(name, storage, 7, "model.gguf");

        var ours = ours(file);
        var theirs = theirs(file);

        assertThat(ours).hasSizeGreaterThan(TOKENS).doesNotContain("\uFFFD");
        // llama.cpp rounds activations to the storage of the weights, this engine does not.
        int alike = storage == Storage.F32 ? ours.length() : 1;
        assertThat(theirs).startsWith(ours.substring(0, alike));
        assertThat(ours.chars().distinct().count()).isGreaterThan(10);
    }

    @Test
    void theSameSeedGivesTheSameFile() throws Exception {
        var one = Files.readAllBytes(write("tiny", Storage.Q8_0, 3, "one.gguf"));
        var same = Files.readAllBytes(write("tiny", Storage.Q8_0, 3, "same.gguf"));
        var other = Files.readAllBytes(write("tiny", Storage.Q8_0, 4, "other.gguf"));

        assertThat(same).isEqualTo(one);
        assertThat(other).isNotEqualTo(one).hasSameSizeAs(one);
    }

    @Test
    void shapesHaveTheSizesOfTheModelsTheyAreNamedAfter() {
        assertThat(parameters("qwen2.5-0.5b")).isBetween(0.49e9, 0.50e9);
        assertThat(parameters("r1-distill-qwen-1.5b")).isBetween(1.77e9, 1.78e9);
        assertThat(parameters("r1-distill-qwen-7b")).isBetween(7.6e9, 7.7e9);
        assertThat(parameters("r1-distill-llama-8b")).isBetween(8.0e9, 8.1e9);
        assertThat(parameters("r1-distill-qwen-14b")).isBetween(14.7e9, 14.8e9);
        assertThat(parameters("r1-distill-qwen-32b")).isBetween(32.7e9, 32.8e9);
    }

    private static double parameters(String name) {
        var shape = Shape.named(name).orElseThrow();
        double attention =
                2.0 * shape.width() * shape.headSize() * (shape.heads() + shape.kvHeads());
        double layer = attention + 3.0 * shape.width() * shape.feedForward();
        double embeddings = (double) shape.vocabulary() * shape.width();
        return shape.layers() * layer + (shape.tied() ? 1 : 2) * embeddings;
    }

    private Path write(String name, Storage storage, long seed, String file) {
        var path = folder.resolve(file);
        var shape = Shape.named(name).orElseThrow();
        new RandomModel(name, shape, storage, seed).write(path, _ -> {});
        return path;
    }

    private static String ours(Path file) throws Exception {
        var model = LanguageModel.of(Gguf.open(file));
        try (var engine = model.start(EngineOptions.DEFAULT)) {
            var request =
                    GenerationRequest.builder(model.tokenizer().encodeTemplate(PROMPT))
                            .maxTokens(TOKENS)
                            .build();
            return Answer.of(engine.submit(request)).get(30, TimeUnit.SECONDS);
        }
    }

    private static String theirs(Path file) {
        LlamaModel.setLogger(LogFormat.TEXT, (_, _) -> {});
        var parameters =
                new ModelParameters()
                        .setModel(file.toString())
                        .setCtxSize(512)
                        .setThreads(1)
                        .setGpuLayers(0)
                        .setCacheTypeK(CacheType.F32)
                        .setCacheTypeV(CacheType.F32);
        try (var llama = new LlamaModel(parameters)) {
            return llama.complete(
                    new InferenceParameters(PROMPT)
                            .setTemperature(0)
                            .setNPredict(TOKENS)
                            .setCachePrompt(false)
                            .setRepeatPenalty(1));
        }
    }

    private static final class Answer implements Flow.Subscriber<Token> {

        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<String> done = new CompletableFuture<>();

        static CompletableFuture<String> of(Flow.Publisher<Token> publisher) {
            var answer = new Answer();
            publisher.subscribe(answer);
            return answer.done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Token token) {
            text.append(token.text());
        }

        @Override
        public void onError(Throwable throwable) {
            done.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            done.complete(text.toString());
        }
    }
}
