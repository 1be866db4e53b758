package io.pointsman.benchmarks;

import io.pointsman.benchmarks.Contender.Run;
import io.pointsman.serving.LanguageModel;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.model.KvStorage;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench engine`: the engine and llama.cpp on one file, in turns.
@Command(
        name = "engine",
        description =
                "Measures prefill, decode and a burst of prompts, beside llama.cpp on the same file.",
        mixinStandardHelpOptions = true)
final class EngineCommand implements Callable<Integer> {

    private static final int PROMPT = 128;
    private static final int BURST = 8;

    /// Sequences of llama.cpp, which shares its context among them evenly.
    private static final int SLOTS = 16;

    private static final int[] CONCURRENCY = {1, 4, 8, 16, 32};

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "a GGUF file")
    private Path model = Path.of("");

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "generated for each sequence; default: ${DEFAULT-VALUE}")
    private int tokens = 64;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "measured after one to warm up; default: ${DEFAULT-VALUE}")
    private int rounds = 5;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "of llama.cpp, the engine has one; default: ${DEFAULT-VALUE}")
    private int threads = 1;

    @Option(names = "--alone", description = "without llama.cpp")
    private boolean alone;

    /// Figures by row and contender, one of each round.
    private final Map<String, Map<String, List<Double>>> table = new LinkedHashMap<>();

    private final Random random = new Random(1);

    EngineCommand() {}

    @Override
    public Integer call() throws Exception {
        var loaded = LanguageModel.of(Gguf.open(model));
        int context = Math.min(loaded.contextLength(), 4 * PROMPT + tokens + 16);
        var options = EngineOptions.DEFAULT.withSteps(16, PROMPT + 32, 32).withPrefixCaching(false);
        var plan = loaded.memory(options);
        options = options.withKvCache(plan.kvPerToken() * 40L * context, KvStorage.F32);
        System.out.printf("%s%nmemory: %s%n%n", loaded.name(), loaded.memory(options));
        var contenders = new ArrayList<Contender>();
        var ours = new OurEngine(loaded, options);
        contenders.add(ours);
        if (!alone) {
            contenders.add(new LlamaCpp(model, loaded.tokenizer(), SLOTS, context, threads));
        }
        var vocabulary = text(loaded.tokenizer());
        for (int round = 0; round <= rounds; round++) {
            for (var contender : contenders) {
                measure(contender, vocabulary, ours, round == 0);
            }
            System.out.print(round == 0 ? "warm" : " " + round);
            System.out.flush();
        }
        System.out.println();
        print(contenders);
        contenders.forEach(Contender::close);
        return 0;
    }

    private void measure(Contender contender, int[] vocabulary, OurEngine ours, boolean warmUp)
            throws Exception {
        var alonePrompt = contender.run(prompts(1, PROMPT, vocabulary), 1).getFirst();
        add(warmUp, "prefill of 128, tok/s", contender, PROMPT * 1e9 / alonePrompt.firstNanos());
        var long512 = contender.run(prompts(1, 4 * PROMPT, vocabulary), 1).getFirst();
        add(warmUp, "prefill of 512, tok/s", contender, 4 * PROMPT * 1e9 / long512.firstNanos());
        for (int n : CONCURRENCY) {
            if (contender != ours && n > SLOTS) {
                continue;
            }
            ours.overhead();
            long start = System.nanoTime();
            contender.run(prompts(n, 8, vocabulary), tokens);
            double seconds = (System.nanoTime() - start) / 1e9;
            add(warmUp, "decode at %d, tok/s".formatted(n), contender, n * tokens / seconds);
            if (contender == ours) {
                add(
                        warmUp,
                        "not the forward pass at %d, %% of a step".formatted(n),
                        contender,
                        100 * ours.overhead());
            }
        }
        var firsts =
                contender.run(prompts(BURST, PROMPT, vocabulary), 2).stream()
                        .mapToDouble(Run::firstNanos)
                        .sorted()
                        .toArray();
        add(warmUp, "burst of 8: TTFT p50, ms", contender, firsts[(BURST - 1) / 2] / 1e6);
        add(warmUp, "burst of 8: TTFT worst, ms", contender, firsts[BURST - 1] / 1e6);
        add(
                warmUp,
                "burst of 8: p50 by worst",
                contender,
                firsts[(BURST - 1) / 2] / firsts[BURST - 1]);
    }

    private void add(boolean warmUp, String row, Contender contender, double figure) {
        if (!warmUp) {
            table.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(contender.name(), _ -> new ArrayList<>())
                    .add(figure);
        }
    }

    private List<int[]> prompts(int count, int length, int[] vocabulary) {
        var prompts = new ArrayList<int[]>();
        for (int i = 0; i < count; i++) {
            prompts.add(
                    random.ints(length, 0, vocabulary.length).map(id -> vocabulary[id]).toArray());
        }
        return prompts;
    }

    /// Tokens that come back as they are when they are written down and read again one by one: a
    /// capital letter or a digit each.
    private static int[] text(Tokenizer tokenizer) {
        return "0123456789"
                .chars()
                .mapToObj(Character::toString)
                .map(tokenizer::encode)
                .filter(ids -> ids.size() == 1)
                .mapToInt(ids -> ids.get(0))
                .toArray();
    }

    private void print(List<Contender> contenders) {
        System.out.printf("%n| median of %d rounds |", rounds);
        contenders.forEach(contender -> System.out.printf(" %s |", contender.name()));
        System.out.printf(
                "%s%n|---|%s%n",
                alone ? "" : " ratio |", "---:|".repeat(contenders.size() + (alone ? 0 : 1)));
        table.forEach((row, figures) -> {
            var line = new StringBuilder("| " + row + " |");
            var medians = new ArrayList<Double>();
            for (var contender : contenders) {
                var all = figures.getOrDefault(contender.name(), List.of());
                if (!all.isEmpty()) {
                    medians.add(median(all.stream().mapToDouble(it -> it).toArray()));
                }
                line.append(all.isEmpty() ? " |" : " %,.2f |".formatted(medians.getLast()));
            }
            if (!alone) {
                line.append(
                        medians.size() == 2
                                ? " %.2f |".formatted(medians.getFirst() / medians.getLast())
                                : " |");
            }
            System.out.println(line);
        });
    }

    private static double median(double[] figures) {
        var sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
