package io.pointsman.benchmarks;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineListener;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.engine.Token;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.model.KvStorage;
import io.pointsman.serving.tokenizer.TokenIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench trace`: four long thinkers, and eight short requests that come while they think.
@Command(
        name = "trace",
        description = "Runs a mixed load and draws its steps.",
        mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {

    private static final int THINKERS = 4;
    private static final int SHORTS = 8;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "a GGUF file; else the bundled reasoner")
    private @Nullable Path model;

    @Option(names = "--thinking", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int thinking = 600;

    @Option(
            names = "--blocks",
            paramLabel = "N",
            description =
                    "of the KV cache; few make the thinkers drive out one another; default:"
                            + " ${DEFAULT-VALUE}")
    private int blocks = 160;

    @Option(names = "--out", paramLabel = "FILE", description = "default: ${DEFAULT-VALUE}")
    private Path out = Path.of("benchmarks/target/trace.svg");

    private final List<EngineListener.Step> steps = new ArrayList<>();
    private final List<EngineListener.Ended> ended = new ArrayList<>();

    TraceCommand() {}

    @Override
    public Integer call() throws Exception {
        var loaded = model == null ? BundledModels.reasoner() : LanguageModel.of(Gguf.open(model));
        // Compiled code before what is drawn.
        run(loaded);
        steps.clear();
        ended.clear();
        run(loaded);
        var labels = new ArrayList<String>();
        for (int i = 0; i < THINKERS + SHORTS; i++) {
            labels.add(i < THINKERS ? "thinker " + (i + 1) : "short " + (i - THINKERS + 1));
        }
        var folder = out.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(
                out, Timeline.svg("Four long thinkers and eight short requests", steps, labels));
        report();
        System.out.println("timeline: " + out);
        return 0;
    }

    private void run(LanguageModel loaded) throws Exception {
        var options = EngineOptions.DEFAULT;
        long blockBytes = loaded.memory(options).kvPerToken() * options.blockSize();
        var listener =
                new EngineListener() {
                    @Override
                    public void stepped(Step step) {
                        steps.add(step);
                    }

                    @Override
                    public void ended(Ended request) {
                        ended.add(request);
                    }
                };
        try (var engine =
                loaded.start(options.withKvCache(blocks * blockBytes, KvStorage.F32), listener)) {
            var system = prompt(2, 48);
            var all = new ArrayList<CompletableFuture<Boolean>>();
            for (int i = 0; i < THINKERS; i++) {
                all.add(submit(engine, prompt(10 + i, 64), thinking));
            }
            for (int i = 0; i < SHORTS; i++) {
                // Each comes after the one before has its first token; they share a system prompt.
                var first = new Answer();
                engine.submit(
                                request(
                                        TokenIds.of(system).plus(TokenIds.of(prompt(20 + i, 24))),
                                        24))
                        .subscribe(first);
                first.begun.get();
                all.add(first.done);
            }
            for (var one : all) {
                one.get();
            }
        }
    }

    private static CompletableFuture<Boolean> submit(Engine engine, int[] prompt, int tokens) {
        var answer = new Answer();
        engine.submit(request(TokenIds.of(prompt), tokens)).subscribe(answer);
        return answer.done;
    }

    private static GenerationRequest request(TokenIds prompt, int tokens) {
        return GenerationRequest.builder(prompt).maxTokens(tokens).ignoreEnd().build();
    }

    private static int[] prompt(long seed, int length) {
        return new Random(seed).ints(length, 32, 120).toArray();
    }

    private void report() {
        var last = steps.getLast().stats();
        System.out.printf(
                "%d steps, %d preemptions, prefix cache: %d of %d prompt tokens found%n",
                steps.size(), last.preemptions(), last.prefixHits(), last.prefixQueries());
        print("short", ended.stream().filter(it -> it.request() >= THINKERS).toList());
        print("thinkers", ended.stream().filter(it -> it.request() < THINKERS).toList());
    }

    private static void print(String name, List<EngineListener.Ended> requests) {
        var first =
                requests.stream().mapToDouble(it -> it.firstTokenAt() - it.arrivedAt()).toArray();
        var each =
                requests.stream()
                        .mapToDouble(it ->
                                (double) (it.endedAt() - it.firstTokenAt())
                                        / Math.max(1, it.usage().completionTokens() - 1))
                        .toArray();
        System.out.printf(
                "%-9s TTFT p50 %.1f ms, p90 %.1f, worst %.1f; time per token p50 %.2f ms, p90 %.2f, worst %.2f; preempted %d times%n",
                name,
                at(first, 0.5),
                at(first, 0.9),
                at(first, 1),
                at(each, 0.5),
                at(each, 0.9),
                at(each, 1),
                requests.stream().mapToInt(EngineListener.Ended::preemptions).sum());
    }

    private static double at(double[] nanos, double part) {
        var sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(part * (sorted.length - 1))] / 1e6;
    }

    private static final class Answer implements Flow.Subscriber<Token> {

        private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Token token) {
            begun.complete(true);
        }

        @Override
        public void onError(Throwable throwable) {
            begun.completeExceptionally(throwable);
            done.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            begun.complete(true);
            done.complete(true);
        }
    }
}
