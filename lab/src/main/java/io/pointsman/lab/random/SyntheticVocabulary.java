package io.pointsman.lab.random;

import java.util.ArrayList;
import java.util.List;

/// A byte-level BPE vocabulary of any size, immutable: ids 0 to 255 are the bytes, then come
/// strings of lower-case letters, each made by one merge, from `aa` to four letters; then control
/// tokens, and behind them what a model has rows for and no use.
record SyntheticVocabulary(List<String> tokens, List<String> merges, int ordinary) {

    static final List<String> CONTROL =
            List.of("<eos>", "<user>", "<asst>", "<bos>", "<think>", "</think>");

    private static final int BYTES = 256;
    private static final int LETTERS = 26;

    SyntheticVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }

    /// @param ordinary how many tokens are text
    /// @param size how many there are
    static SyntheticVocabulary of(int ordinary, int size) {
        var tokens = new ArrayList<String>(size);
        char next = 0x100;
        for (int b = 0; b < BYTES; b++) {
            boolean prints = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
            tokens.add(String.valueOf(prints ? (char) b : next++));
        }
        var merges = new ArrayList<String>(ordinary);
        // What may be made longer begins with the single letters, then come the merges themselves.
        for (int parent = 'a'; tokens.size() < ordinary; parent = following(parent)) {
            for (char c = 'a'; c <= 'z' && tokens.size() < ordinary; c++) {
                merges.add(tokens.get(parent) + " " + c);
                tokens.add(tokens.get(parent) + c);
            }
        }
        tokens.addAll(CONTROL);
        while (tokens.size() < size) {
            tokens.add("[unused" + (tokens.size() - ordinary) + "]");
        }
        return new SyntheticVocabulary(tokens, merges, ordinary);
    }

    private static int following(int parent) {
        return parent == 'a' + LETTERS - 1 ? BYTES : parent + 1;
    }

    /// `tokenizer.ggml.token_type` of each token.
    List<Integer> types() {
        var types = new ArrayList<Integer>(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            types.add(id < ordinary ? 1 : id < ordinary + CONTROL.size() ? 3 : 5);
        }
        return types;
    }

    int control(String name) {
        return ordinary + CONTROL.indexOf(name);
    }

    /// Whether a token is text whose bytes are characters by themselves.
    boolean isText(int id) {
        return (id >= ' ' && id < 0x7f) || (id >= BYTES && id < ordinary);
    }
}
