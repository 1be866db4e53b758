package io.pointsman.serving;

import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.engine.Engine;
import io.pointsman.serving.engine.EngineListener;
import io.pointsman.serving.engine.EngineOptions;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.model.CpuModelRunner;
import io.pointsman.serving.model.MemoryPlan;
import io.pointsman.serving.tokenizer.Tokenizer;

/// A model as its file describes it, ready to be started; immutable.
///
/// @param reasons whether it thinks before it answers
public record LanguageModel(
        String name, Gguf file, Tokenizer tokenizer, ChatFormat chatFormat, boolean reasons) {

    /// The model in `file`.
    ///
    /// @throws io.pointsman.serving.gguf.GgufException where the file lacks something or is of a
    ///   kind that is not supported
    public static LanguageModel of(Gguf file) {
        var metadata = file.metadata();
        var tokenizer = Tokenizer.from(metadata);
        return of(
                file,
                tokenizer,
                ChatFormat.of(metadata, tokenizer),
                metadata.text("tokenizer.chat_template").orElse(""));
    }

    /// The model in `file` with another chat template than its own.
    ///
    /// @throws IllegalArgumentException where that is not one
    public static LanguageModel of(Gguf file, String chatTemplate) {
        var tokenizer = Tokenizer.from(file.metadata());
        var format = ChatFormat.of(chatTemplate, file.metadata(), tokenizer);
        return of(file, tokenizer, format, chatTemplate);
    }

    private static LanguageModel of(
            Gguf file, Tokenizer tokenizer, ChatFormat format, String template) {
        return new LanguageModel(
                file.metadata().text("general.name").orElse("unnamed"),
                file,
                tokenizer,
                format,
                template.contains("<think>"));
    }

    /// The positions that the model was made for.
    public int contextLength() {
        return CpuModelRunner.contextLength(file);
    }

    /// What an engine with these options will take of the heap.
    ///
    /// @throws io.pointsman.serving.gguf.GgufException where the model is of a kind that is not
    ///   supported
    public MemoryPlan memory(EngineOptions options) {
        return MemoryPlan.of(
                file,
                options.kvStorage(),
                options.kvCacheBytes(),
                options.blockSize(),
                options.tokenBudget(),
                options.maxSequences());
    }

    /// Loads the weights and starts an engine on them.
    ///
    /// @throws io.pointsman.serving.gguf.GgufException where it does not fit into the heap
    public Engine start(EngineOptions options) {
        return start(options, EngineListener.NONE);
    }

    /// Loads the weights and starts an engine on them, which tells `listener` what it does.
    public Engine start(EngineOptions options, EngineListener listener) {
        memory(options).check();
        var runner =
                CpuModelRunner.load(
                        file,
                        options.kvStorage(),
                        options.blockSize(),
                        options.tokenBudget(),
                        options.maxSequences());
        return Engine.start(runner, tokenizer, options, listener, name);
    }
}
