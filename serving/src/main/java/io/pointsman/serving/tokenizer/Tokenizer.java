package io.pointsman.serving.tokenizer;

import io.pointsman.serving.gguf.GgufException;
import io.pointsman.serving.gguf.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A model's vocabulary and its rules, from the model's file; immutable. Byte-level BPE
/// (`tokenizer.ggml.model` = `gpt2`) is what there is.
///
/// Text and control are two things: [#encode] takes any text for text, so nobody can write a
/// control token into a prompt; only [#encodeTemplate], for text that a template wrote, knows them.
public final class Tokenizer {

    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    /// Stands in names of control tokens that are text: one of the characters that Unicode keeps
    /// from interchange.
    private static final char MARK = '\uFDD0';

    /// Names that models of these families give to tokens after which nothing follows.
    private static final Set<String> END_NAMES =
            Set.of(
                    "<|eot_id|>",
                    "<|im_end|>",
                    "<|end|>",
                    "<end_of_turn>",
                    "<|endoftext|>",
                    "<|eom_id|>",
                    "<｜end▁of▁sentence｜>");

    private final byte[][] bytes;
    private final Map<String, Integer> special;
    private final BitSet isSpecial = new BitSet();

    /// By their first character, the longest first.
    private final Map<Character, List<String>> specialNames;

    private final Set<Integer> endOfGeneration;
    private final PreTokenizer preTokenizer;
    private final BytePairs pairs;
    private final OptionalInt beginOfSequence;

    private Tokenizer(Metadata metadata, List<String> texts, int[] types) {
        var ordinary = HashMap.<String, Integer>newHashMap(texts.size());
        special = new LinkedHashMap<>();
        bytes = new byte[texts.size()][];
        for (int id = 0; id < texts.size(); id++) {
            var text = texts.get(id);
            if (types.length > 0 && (types[id] == CONTROL || types[id] == USER_DEFINED)) {
                special.put(text, id);
                isSpecial.set(id);
                bytes[id] = text.getBytes(StandardCharsets.UTF_8);
            } else {
                ordinary.put(text, id);
                bytes[id] = ByteAlphabet.bytes(text);
            }
        }
        specialNames =
                special.keySet().stream()
                        .filter(name -> !name.isEmpty())
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .collect(Collectors.groupingBy(name -> name.charAt(0)));
        endOfGeneration = endOfGeneration(metadata);
        preTokenizer = PreTokenizer.named(metadata.text("tokenizer.ggml.pre").orElse("default"));
        pairs = new BytePairs(bytes.length, ordinary, metadata.texts("tokenizer.ggml.merges"));
        beginOfSequence =
                metadata.truth("tokenizer.ggml.add_bos_token").orElse(preTokenizer.wholeWords())
                        ? knownId(metadata, "tokenizer.ggml.bos_token_id")
                        : OptionalInt.empty();
    }

    /// The tokenizer that a file's metadata describes.
    ///
    /// @throws GgufException where it describes none, or one of another kind
    public static Tokenizer from(Metadata metadata) {
        var model = metadata.requiredText("tokenizer.ggml.model");
        if (!model.equals("gpt2")) {
            throw new GgufException(
                    "tokenizer.ggml.model is '" + model + "', which is not supported (gpt2 is)");
        }
        var texts = metadata.texts("tokenizer.ggml.tokens");
        var types = metadata.integers("tokenizer.ggml.token_type");
        if (texts.isEmpty()) {
            throw new GgufException("metadata has no tokenizer.ggml.tokens");
        }
        if (types.length != 0 && types.length != texts.size()) {
            throw new GgufException(
                    "tokenizer.ggml.token_type has %d entries for %d tokens"
                            .formatted(types.length, texts.size()));
        }
        return new Tokenizer(metadata, texts, types);
    }

    /// The tokens of `text`, none of them a control token.
    public TokenIds encode(String text) {
        var ids = new TokenIds.Builder();
        encode(text, ids);
        return ids.build();
    }

    /// `text` so marked that [#encodeTemplate] takes all of it for text, also where a template
    /// writes it between control tokens.
    ///
    /// @param names of control tokens that may stay what they are
    public String quote(String text, Set<String> names) {
        var clean = text.indexOf(MARK) < 0 ? text : text.replace(MARK, '\uFFFD');
        StringBuilder quoted = null;
        int done = 0;
        for (int i = 0; i < clean.length(); i++) {
            var name = specialAt(clean, i);
            boolean whole = !name.isEmpty() && !names.contains(name);
            if (whole || begunAt(clean, i)) {
                quoted = quoted == null ? new StringBuilder(clean.length() + 16) : quoted;
                int end = clean.offsetByCodePoints(i, 1);
                quoted.append(clean, done, end).append(MARK);
                done = end;
            }
        }
        return quoted == null ? clean : quoted.append(clean, done, clean.length()).toString();
    }

    /// `text` so marked that it is text even between `<` and `>`.
    public String quoteEverywhere(String text) {
        var quoted = new StringBuilder(2 * text.length());
        text.codePoints().forEach(c -> quoted.appendCodePoint(c).append(MARK));
        return quoted.toString();
    }

    /// Whether what is left of `text` begins a name, which what a template writes next might end.
    private boolean begunAt(String text, int index) {
        for (var name : specialNames.getOrDefault(text.charAt(index), List.of())) {
            if (name.length() > text.length() - index && name.startsWith(text.substring(index))) {
                return true;
            }
        }
        return false;
    }

    /// The tokens of text that a template wrote: control tokens' names become those tokens unless
    /// they are [quoted][#quote], and the token that the model wants at the beginning, if any, is
    /// put there unless the text begins with it.
    public TokenIds encodeTemplate(String text) {
        var ids = new TokenIds.Builder();
        int done = 0;
        for (int i = 0; i < text.length(); ) {
            var name = specialAt(text, i);
            if (name.isEmpty()) {
                i++;
            } else {
                encode(unquoted(text.substring(done, i)), ids);
                ids.add(special.getOrDefault(name, 0));
                i += name.length();
                done = i;
            }
        }
        encode(unquoted(text.substring(done)), ids);
        return withBeginning(ids.build());
    }

    private static String unquoted(String text) {
        return text.indexOf(MARK) < 0 ? text : text.replace(String.valueOf(MARK), "");
    }

    private TokenIds withBeginning(TokenIds ids) {
        if (beginOfSequence.isEmpty()
                || (ids.size() > 0 && ids.get(0) == beginOfSequence.getAsInt())) {
            return ids;
        }
        return TokenIds.of(beginOfSequence.getAsInt()).plus(ids);
    }

    private String specialAt(String text, int index) {
        for (var name : specialNames.getOrDefault(text.charAt(index), List.of())) {
            if (text.startsWith(name, index)) {
                // A name of one character is not broken by the mark, which follows it.
                int end = index + name.length();
                return end < text.length() && text.charAt(end) == MARK ? "" : name;
            }
        }
        return "";
    }

    private void encode(String text, TokenIds.Builder ids) {
        if (!text.isEmpty()) {
            for (var piece : preTokenizer.split(text)) {
                pairs.encode(piece, preTokenizer.wholeWords(), ids);
            }
        }
    }

    /// The whole text of `ids`, control tokens by their names.
    public String decode(TokenIds ids) {
        var detokenizer = detokenizer();
        var text = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            text.append(detokenizer.add(ids.get(i)));
        }
        return text.append(detokenizer.finish()).toString();
    }

    /// A detokenizer for one sequence.
    public Detokenizer detokenizer() {
        return new Detokenizer(this);
    }

    /// The control token that is called `name`.
    public OptionalInt special(String name) {
        var id = special.get(name);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /// Whether the model says with this token that it has finished.
    public boolean endsGeneration(int id) {
        return endOfGeneration.contains(id);
    }

    /// How many tokens there are.
    public int size() {
        return bytes.length;
    }

    /// Whether a token controls rather than says something.
    public boolean isSpecial(int id) {
        return isSpecial.get(id);
    }

    /// What a token says, in UTF-8, perhaps not in whole characters; not to be modified. A control
    /// token says its name.
    public byte[] bytes(int id) {
        return bytes[id];
    }

    private Set<Integer> endOfGeneration(Metadata metadata) {
        var ends = new TreeSet<Integer>();
        for (var key : List.of("eos", "eot", "eom")) {
            knownId(metadata, "tokenizer.ggml." + key + "_token_id").ifPresent(ends::add);
        }
        for (var name : END_NAMES) {
            special(name).ifPresent(ends::add);
        }
        return Set.copyOf(ends);
    }

    private OptionalInt knownId(Metadata metadata, String key) {
        var id = metadata.integer(key);
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= bytes.length)) {
            throw new GgufException(
                    "%s is %d, there are %d tokens".formatted(key, id.getAsInt(), bytes.length));
        }
        return id;
    }
}
