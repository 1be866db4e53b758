package io.pointsman.serving.tokenizer;

import io.pointsman.serving.gguf.GgufException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Cuts text into the pieces that byte pairs are merged within, immutable. Each stage cuts the
/// pieces of the one before: into its matches, and into what lies between them.
///
/// @param wholeWords whether a piece that is itself a token is taken as it is, whatever its merges
record PreTokenizer(List<Pattern> stages, boolean wholeWords) {

    private static final String CONTRACTIONS =
            "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";

    private static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";

    private static final String REST =
            "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final PreTokenizer QWEN2 =
            new PreTokenizer(stages(CONTRACTIONS + WORDS + "\\p{N}" + REST), false);

    private static final PreTokenizer LLAMA3 =
            new PreTokenizer(stages(CONTRACTIONS + WORDS + "\\p{N}{1,3}" + REST), true);

    private static final String GPT2_WORDS =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

    private static final PreTokenizer GPT2 = new PreTokenizer(stages(GPT2_WORDS + "|\\s+"), false);

    private static final PreTokenizer DEFAULT =
            new PreTokenizer(
                    stages("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2_WORDS, "\\p{N}+", "[0-9][0-9][0-9]"),
                    false);

    PreTokenizer {
        stages = List.copyOf(stages);
    }

    /// The one that a file calls `name` (`tokenizer.ggml.pre`).
    static PreTokenizer named(String name) {
        return switch (name) {
            case "qwen2", "deepseek-r1-qwen" -> QWEN2;
            case "llama-bpe", "llama3", "llama-v3" -> LLAMA3;
            case "gpt-2" -> GPT2;
            case "default" -> DEFAULT;
            default ->
                    throw new GgufException(
                            "tokenizer.ggml.pre is '"
                                    + name
                                    + "', which is not supported (qwen2, deepseek-r1-qwen,"
                                    + " llama-bpe, gpt-2 and default are)");
        };
    }

    /// The pieces of `text`, in order; together they are `text`.
    List<String> split(String text) {
        var pieces = List.of(text);
        for (var stage : stages) {
            var next = new ArrayList<String>();
            for (var piece : pieces) {
                split(stage, piece, next);
            }
            pieces = next;
        }
        return pieces;
    }

    private static void split(Pattern stage, String piece, List<String> into) {
        var matcher = stage.matcher(piece);
        int done = 0;
        while (matcher.find()) {
            if (matcher.start() > done) {
                into.add(piece.substring(done, matcher.start()));
            }
            if (matcher.end() > matcher.start()) {
                into.add(matcher.group());
            }
            done = matcher.end();
        }
        if (done < piece.length()) {
            into.add(piece.substring(done));
        }
    }

    private static List<Pattern> stages(String... expressions) {
        var stages = new ArrayList<Pattern>();
        for (var expression : expressions) {
            // `\s` is Unicode's white space everywhere else; in Java only so by its own name.
            var unicode =
                    expression
                            .replace("[^\\s", "[^\\p{IsWhite_Space}")
                            .replace("\\s", "\\p{IsWhite_Space}")
                            .replace("(?!\\S)", "(?!\\P{IsWhite_Space})");
            stages.add(Pattern.compile(unicode));
        }
        return stages;
    }
}
