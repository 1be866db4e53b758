package io.pointsman.benchmarks;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.LogFormat;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// llama.cpp's server in-process, by `de.kherud:llama`: one slot per sequence, continuous batching.
final class LlamaCpp implements Contender {

    private final LlamaModel model;
    private final Tokenizer tokenizer;
    private final int threads;

    /// @param context positions of each sequence
    LlamaCpp(Path file, Tokenizer tokenizer, int sequences, int context, int threads) {
        LlamaModel.setLogger(LogFormat.TEXT, (_, _) -> {});
        this.tokenizer = tokenizer;
        this.threads = threads;
        model =
                new LlamaModel(
                        new ModelParameters()
                                .setModel(file.toString())
                                .setCtxSize(sequences * context)
                                .setParallel(sequences)
                                .setThreads(threads)
                                .setThreadsBatch(threads)
                                .setGpuLayers(0));
    }

    @Override
    public String name() {
        return "llama.cpp (%d %s)".formatted(threads, threads == 1 ? "thread" : "threads");
    }

    @Override
    public List<Run> run(List<int[]> prompts, int tokens) throws Exception {
        try (var executor = Executors.newFixedThreadPool(prompts.size())) {
            var runs = new ArrayList<Future<Run>>();
            for (var prompt : prompts) {
                runs.add(executor.submit(() -> run(prompt, tokens)));
            }
            var results = new ArrayList<Run>();
            for (var run : runs) {
                results.add(run.get());
            }
            return results;
        }
    }

    private Run run(int[] prompt, int tokens) {
        var parameters =
                new InferenceParameters(tokenizer.decode(TokenIds.of(prompt)))
                        .setTemperature(0)
                        .setNPredict(tokens)
                        .setIgnoreEos(true)
                        .setCachePrompt(false);
        long start = System.nanoTime();
        long first = 0;
        int count = 0;
        for (var _ : model.generate(parameters)) {
            if (count++ == 0) {
                first = System.nanoTime() - start;
            }
        }
        return new Run(first, System.nanoTime() - start, tokens);
    }

    @Override
    public void close() {
        model.close();
    }
}
