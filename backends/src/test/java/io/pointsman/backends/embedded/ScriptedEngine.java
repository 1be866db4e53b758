package io.pointsman.backends.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineListener;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.gguf.MetadataValue;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

/// A real engine on a model that always says the same.
///
/// @param format renders any conversation as the same few tokens, and counts
public record ScriptedEngine(Engine engine, ChatFormat format, AtomicLong calls) {

    static final int THINK = 256;
    static final int END_THINK = 257;
    static final int END = 258;

    /// How many tokens a prompt has.
    public static final int PROMPT_TOKENS = 5;

    /// One token for each byte, and the three that control.
    public static final Tokenizer BYTES = tokenizer();

    /// An engine that says what `script` says at each place of the answer.
    public static ScriptedEngine start(IntUnaryOperator script) {
        return start(
                script, 1 << 20, EngineOptions.DEFAULT.withKvCacheBytes(1 << 16), PROMPT_TOKENS);
    }

    static ScriptedEngine start(
            IntUnaryOperator script, int contextLength, EngineOptions options, int promptTokens) {
        var limits =
                new RunnerLimits(
                        contextLength,
                        BYTES.size(),
                        options.blockSize(),
                        options.tokenBudget(),
                        options.maxSequences());
        var engine =
                Engine.start(
                        new ScriptedRunner(limits, promptTokens, script),
                        BYTES,
                        options,
                        EngineListener.NONE,
                        "test");
        var prompt = TokenIds.of(new int[promptTokens]);
        var calls = new AtomicLong();
        return new ScriptedEngine(
                engine,
                _ -> {
                    calls.incrementAndGet();
                    return prompt;
                },
                calls);
    }

    /// A script that thinks and answers.
    public static IntUnaryOperator thinking(String thought, String answer) {
        var tokens = new ArrayList<Integer>();
        tokens.add(THINK);
        for (byte b : thought.getBytes(UTF_8)) {
            tokens.add(b & 0xff);
        }
        tokens.add(END_THINK);
        for (byte b : answer.getBytes(UTF_8)) {
            tokens.add(b & 0xff);
        }
        tokens.add(END);
        return tokens::get;
    }

    /// How many conversations have been rendered.
    public long rendered() {
        return calls.get();
    }

    private static Tokenizer tokenizer() {
        var tokens = new ArrayList<MetadataValue>();
        var types = new ArrayList<MetadataValue>();
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
            tokens.add(new MetadataValue.Text(String.valueOf(prints ? (char) b : next++)));
            types.add(new MetadataValue.Whole(1));
        }
        for (var control : List.of("<think>", "</think>", "<eos>")) {
            tokens.add(new MetadataValue.Text(control));
            types.add(new MetadataValue.Whole(3));
        }
        return Tokenizer.from(
                new Metadata(
                        Map.of(
                                "tokenizer.ggml.model", new MetadataValue.Text("gpt2"),
                                "tokenizer.ggml.pre", new MetadataValue.Text("qwen2"),
                                "tokenizer.ggml.tokens", new MetadataValue.Sequence(tokens),
                                "tokenizer.ggml.token_type", new MetadataValue.Sequence(types),
                                "tokenizer.ggml.merges", new MetadataValue.Sequence(List.of()),
                                "tokenizer.ggml.eos_token_id", new MetadataValue.Whole(END))));
    }
}
