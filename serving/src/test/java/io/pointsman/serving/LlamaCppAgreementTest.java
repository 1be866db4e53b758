package io.pointsman.serving;

import static org.assertj.core.api.Assertions.assertThat;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import de.kherud.llama.args.LogFormat;
import io.pointsman.serving.chat.Conversation;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the bundled models' greedy answers with those of llama.cpp, an independent
/// implementation, on the same files.
class LlamaCppAgreementTest {

    private static final int PROMPTS = 60;
    private static final int MAX_TOKENS = 400;

    @BeforeAll
    static void silenceLlamaCpp() {
        LlamaModel.setLogger(LogFormat.TEXT, (_, _) -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "reasoner"})
    void answersAreTheSame(String name, @TempDir Path folder) throws Exception {
        var model = name.equals("fast") ? BundledModels.fast() : BundledModels.reasoner();
        var prompts = prompts(name);
        var ours = new ArrayList<String>();
        try (var engine = model.start(EngineOptions.DEFAULT)) {
            var answers = new ArrayList<CompletableFuture<String>>();
            for (var prompt : prompts) {
                var ids =
                        model.chatFormat()
                                .render(
                                        Conversation.of(
                                                List.of(
                                                        Map.of(
                                                                "role", "user", "content",
                                                                prompt))));
                var request = GenerationRequest.builder(ids).maxTokens(MAX_TOKENS).build();
                answers.add(Collector.collect(engine.submit(request)));
            }
            for (var answer : answers) {
                ours.add(answer.get(30, TimeUnit.SECONDS));
            }
        }

        try (var llama = new LlamaModel(parameters(copy(name, folder)))) {
            for (int i = 0; i < PROMPTS; i++) {
                var rendered =
                        "<user>" + prompts.get(i) + "<asst>" + (model.reasons() ? "<think>" : "");
                assertThat(model.tokenizer().encodeTemplate(rendered).toArray())
                        .isEqualTo(llama.encode(rendered));

                var theirs =
                        llama.complete(
                                new InferenceParameters(rendered)
                                        .setTemperature(0)
                                        .setNPredict(MAX_TOKENS)
                                        .setCachePrompt(false)
                                        .setRepeatPenalty(1));

                assertThat(ours.get(i)).as(prompts.get(i)).isEqualTo(theirs);
            }
        }
    }

    private static ModelParameters parameters(Path file) {
        return new ModelParameters()
                .setModel(file.toString())
                .setCtxSize(1024)
                .setThreads(1)
                .setLogVerbosity(-1)
                .setGpuLayers(0)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32);
    }

    private static Path copy(String name, Path folder) throws IOException {
        try (var stream = BundledModels.class.getResourceAsStream("models/" + name + ".gguf")) {
            assertThat(stream).isNotNull();
            return Files.write(folder.resolve(name + ".gguf"), stream.readAllBytes());
        }
    }

    private static List<String> prompts(String name) {
        var random = new Random(name.hashCode());
        var prompts = new ArrayList<String>();
        for (int i = 0; i < PROMPTS; i++) {
            int a = random.nextInt(i % 3 == 0 ? 1000 : 100);
            int b = random.nextInt(100);
            prompts.add(
                    switch (i % 5) {
                        case 0 -> "What is %d + %d?".formatted(a, b);
                        case 1 -> "What is %d - %d?".formatted(a, Math.min(a, b));
                        case 2 -> "Compute %d * %d.".formatted(a % 10, b % 10);
                        case 3 -> "Tom has %d apples and buys %d more. How many?".formatted(a, b);
                        default -> "What is %d + %d - %d?".formatted(a + 1000, b + 200, b);
                    });
        }
        return prompts;
    }

    private static final class Collector implements Flow.Subscriber<Token> {

        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<String> done = new CompletableFuture<>();

        static CompletableFuture<String> collect(Flow.Publisher<Token> publisher) {
            var collector = new Collector();
            publisher.subscribe(collector);
            return collector.done;
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
