package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What becomes of an upstream's streamed answer: read, and folded into one completion.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnswerBenchmark {

    private static final String CHUNK =
            """
            data: {"id":"chatcmpl-BkQ3rWv8Zt5nXa1LmPd7","object":"chat.completion.chunk","created":1764000000,"model":"rig-1","service_tier":"default","system_fingerprint":"fp_07871e2ad8","choices":[%s]%s}

            """;
    private static final String CHOICE =
            CHUNK.formatted(
                    "{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}", "");

    /// Pieces of text in the answer.
    @Param({"1", "16"})
    int tokens;

    private byte[] stream = {};

    private final byte[] whole =
            ("{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                            + "One line of \\\"text\\\", and so on.\\n".repeat(120)
                            + "\"},\"finish_reason\":\"stop\"}]}")
                    .getBytes(UTF_8);

    @Setup
    public void write() {
        var usage =
                ",\"usage\":{\"prompt_tokens\":250,\"completion_tokens\":16,\"total_tokens\":266,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":0}}";
        var text = new StringBuilder();
        text.append(
                CHOICE.formatted(
                        "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null"));
        for (int i = 0; i < tokens; i++) {
            text.append(
                    CHOICE.formatted(
                            "{\"content\":\" ~00000000000000%05d word\"}".formatted(i), "null"));
        }
        text.append(CHOICE.formatted("{}", "\"stop\""));
        text.append(CHUNK.formatted("", usage)).append("data: [DONE]\n\n");
        stream = text.toString().getBytes(UTF_8);
    }

    /// The facts of each chunk, as a backend reads them.
    @Benchmark
    public int read() {
        var read = new int[1];
        var pattern = new ChunkPattern();
        var rewriter = new ThinkRewriter(ThinkSplitter.Mode.AUTO);
        decode(payload -> {
            var chunk = ChunkReader.read(payload, ReasoningTokens.AUTO, pattern);
            rewriter.rewrite(chunk.chunk(chunk.withSoundUsage()));
            read[0] += chunk.textHash();
        });
        return read[0];
    }

    /// The same, and the completion that they fold into.
    @Benchmark
    public byte[] readAndFold() {
        var pattern = new ChunkPattern();
        var rewriter = new ThinkRewriter(ThinkSplitter.Mode.AUTO);
        var aggregator = new ChunkAggregator();
        decode(payload -> {
            var chunk = ChunkReader.read(payload, ReasoningTokens.AUTO, pattern);
            aggregator.add(rewriter.rewrite(chunk.chunk(chunk.withSoundUsage())));
        });
        return aggregator.completion();
    }

    /// An answer of some 4 KB that came as one chunk.
    @Benchmark
    public byte[] readAndFoldWhole() {
        var chunk = ChunkReader.read(whole, ReasoningTokens.AUTO, new ChunkPattern());
        var aggregator = new ChunkAggregator();
        aggregator.add(chunk.chunk(whole));
        return aggregator.completion();
    }

    private void decode(Consumer<byte[]> reader) {
        new SseDecoder(8 << 20)
                .feed(
                        stream,
                        0,
                        stream.length,
                        payload -> {
                            if (!SseEncoder.isDone(payload)) {
                                reader.accept(payload);
                            }
                        });
    }
}
