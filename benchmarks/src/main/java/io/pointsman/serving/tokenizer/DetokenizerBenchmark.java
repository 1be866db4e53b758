package io.pointsman.serving.tokenizer;

import io.pointsman.serving.BundledModels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// From text to tokens and back, a token at a time.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DetokenizerBenchmark {

    private static final String TEXT =
            "Tom has 12 apples, buys 34 more and gives 5 to his sister. How many has he? – Größe 😀 ";

    private final Tokenizer tokenizer = BundledModels.fast().tokenizer();
    private final TokenIds ids = tokenizer.encode(TEXT);
    private final Detokenizer detokenizer = tokenizer.detokenizer();
    private int at;

    /// One token's text.
    @Benchmark
    public String detokenizeToken() {
        at = at + 1 < ids.size() ? at + 1 : 0;
        return detokenizer.add(ids.get(at));
    }

    /// The tokens of a short question.
    @Benchmark
    public TokenIds tokenizeQuestion() {
        return tokenizer.encode(TEXT);
    }
}
