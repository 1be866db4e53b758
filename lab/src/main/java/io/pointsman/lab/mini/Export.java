package io.pointsman.lab.mini;

import io.pointsman.lab.gguf.GgufFile;
import java.nio.file.Path;
import java.util.ArrayList;

/// Writes a trained model as a GGUF file that this project's engine and llama.cpp read.
final class Export {
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    /// Only the last user turn is read: the models were never shown a dialogue.
    private static final String TEMPLATE =
            "{%- set ns = namespace(last='') -%}"
                    + "{%- for message in messages -%}"
                    + "{%- if message['role'] == 'user' -%}"
                    + "{%- set ns.last = message['content'] -%}"
                    + "{%- endif -%}"
                    + "{%- endfor -%}"
                    + "{{- '<user>' + ns.last + '<asst>OPENING' -}}";

    private Export() {}

    static void write(Transformer model, Kind kind, Vocabulary vocabulary, Path file) {
        var dimensions = model.dimensions();
        var types = new ArrayList<Integer>();
        for (var id = 0; id < vocabulary.size(); id++) {
            types.add(id < vocabulary.size() - Vocabulary.CONTROL.size() ? NORMAL : CONTROL);
        }
        var gguf =
                new GgufFile()
                        .text("general.architecture", "qwen2")
                        .text("general.name", "Pointsman mini " + kind.title())
                        .text("general.license", "apache-2.0")
                        .number("general.file_type", 1)
                        .number("qwen2.block_count", dimensions.layers())
                        .number("qwen2.context_length", dimensions.context())
                        .number("qwen2.embedding_length", dimensions.width())
                        .number("qwen2.feed_forward_length", dimensions.inner())
                        .number("qwen2.attention.head_count", dimensions.heads())
                        .number("qwen2.attention.head_count_kv", dimensions.keyValueHeads())
                        .real("qwen2.attention.layer_norm_rms_epsilon", Transformer.EPSILON)
                        .real("qwen2.rope.freq_base", Transformer.ROTARY_BASE)
                        .text("tokenizer.ggml.model", "gpt2")
                        .text("tokenizer.ggml.pre", "qwen2")
                        .texts("tokenizer.ggml.tokens", vocabulary.tokens())
                        .numbers("tokenizer.ggml.token_type", types)
                        .texts("tokenizer.ggml.merges", vocabulary.merges())
                        .number("tokenizer.ggml.bos_token_id", vocabulary.end())
                        .number("tokenizer.ggml.eos_token_id", vocabulary.end())
                        .number("tokenizer.ggml.padding_token_id", vocabulary.end())
                        .flag("tokenizer.ggml.add_bos_token", false)
                        .text(
                                "tokenizer.chat_template",
                                TEMPLATE.replace("OPENING", kind.opening()));
        model.weights()
                .forEach((name, weight) -> {
                    var shape = weight.getShape();
                    var matrix = shape.dimension() == 2;
                    gguf.tensor(
                            name,
                            matrix ? (int) shape.get(0) : 1,
                            (int) (matrix ? shape.get(1) : shape.get(0)),
                            weight.toFloatArray());
                });
        gguf.write(file);
    }
}
