package io.pointsman.serving.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Byte-pair merging (Sennrich et al. 2016, over bytes as in GPT-2), immutable. A piece begins as
/// its bytes; of all neighbours that may merge, those of the lowest rank do so first, the leftmost
/// among equals. A queue of candidates keeps this at n log n for a piece of n bytes, so that a
/// megabyte of one letter is not an attack.
///
/// A merge's result need not be a token: such symbols get ids behind the vocabulary's, and what is
/// left of them at the end falls apart into the tokens of their bytes.
final class BytePairs {

    private static final int NO_SYMBOL = -1;

    private final int vocabularySize;
    private final Map<String, Integer> tokens;
    private final int[] byteSymbols = new int[256];
    private final String[] extraSymbols;
    private final Map<Long, Long> merges;

    /// @param tokens the ordinary tokens, as texts of the [ByteAlphabet]
    /// @param merges pairs of such texts with a space between, in order of rank; one that is not is
    ///   ignored
    BytePairs(int vocabularySize, Map<String, Integer> tokens, List<String> merges) {
        this.vocabularySize = vocabularySize;
        this.tokens = tokens;
        var extra = new HashMap<String, Integer>();
        for (int b = 0; b < 256; b++) {
            byteSymbols[b] = symbol(String.valueOf(ByteAlphabet.character(b)), extra);
        }
        this.merges = HashMap.newHashMap(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            var merge = merges.get(rank);
            int space = merge.indexOf(' ', 1);
            if (space > 0 && space < merge.length() - 1) {
                var left = merge.substring(0, space);
                var right = merge.substring(space + 1);
                int result = symbol(left + right, extra);
                this.merges.putIfAbsent(
                        pack(symbol(left, extra), symbol(right, extra)), pack(rank, result));
            }
        }
        extraSymbols = new String[extra.size()];
        extra.forEach((text, id) -> extraSymbols[id - vocabularySize] = text);
    }

    private int symbol(String text, Map<String, Integer> extra) {
        var token = tokens.get(text);
        return token != null
                ? token
                : extra.computeIfAbsent(text, _ -> vocabularySize + extra.size());
    }

    /// Appends the tokens of `piece` to `into`.
    void encode(String piece, boolean wholeWords, TokenIds.Builder into) {
        var bytes = piece.getBytes(StandardCharsets.UTF_8);
        if (wholeWords) {
            var whole = tokens.get(alphabetText(bytes));
            if (whole != null) {
                into.add(whole);
                return;
            }
        }
        var symbols = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            symbols[i] = byteSymbols[bytes[i] & 0xff];
        }
        merge(symbols);
        for (int symbol : symbols) {
            if (symbol != NO_SYMBOL) {
                addTokens(symbol, into);
            }
        }
    }

    /// Leaves each merged symbol where its first byte was, and [#NO_SYMBOL] where its others were.
    private void merge(int[] symbols) {
        int n = symbols.length;
        var next = new int[n];
        var previous = new int[n];
        Arrays.setAll(next, i -> i + 1);
        Arrays.setAll(previous, i -> i - 1);
        var candidates = new PriorityQueue<Candidate>();
        for (int i = 0; i + 1 < n; i++) {
            propose(symbols, i, i + 1, candidates);
        }
        for (var best = candidates.poll(); best != null; best = candidates.poll()) {
            int left = best.left;
            int right = next[left];
            if (symbols[left] != best.leftSymbol
                    || right >= n
                    || symbols[right] != best.rightSymbol) {
                continue;
            }
            symbols[left] = best.result;
            symbols[right] = NO_SYMBOL;
            next[left] = next[right];
            if (next[left] < n) {
                previous[next[left]] = left;
                propose(symbols, left, next[left], candidates);
            }
            if (previous[left] >= 0) {
                propose(symbols, previous[left], left, candidates);
            }
        }
    }

    private void propose(int[] symbols, int left, int right, PriorityQueue<Candidate> candidates) {
        var merge = merges.get(pack(symbols[left], symbols[right]));
        if (merge != null) {
            candidates.add(
                    new Candidate(
                            (int) (merge >>> 32),
                            left,
                            symbols[left],
                            symbols[right],
                            merge.intValue()));
        }
    }

    private void addTokens(int symbol, TokenIds.Builder into) {
        if (symbol < vocabularySize) {
            into.add(symbol);
            return;
        }
        var text = extraSymbols[symbol - vocabularySize];
        for (int i = 0; i < text.length(); i++) {
            var token = tokens.get(text.substring(i, i + 1));
            if (token != null) {
                into.add(token);
            }
        }
    }

    private static String alphabetText(byte[] bytes) {
        var text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            text.append(ByteAlphabet.character(b & 0xff));
        }
        return text.toString();
    }

    private static long pack(int high, int low) {
        return ((long) high << 32) | (low & 0xffff_ffffL);
    }

    private record Candidate(int rank, int left, int leftSymbol, int rightSymbol, int result)
            implements Comparable<Candidate> {

        @Override
        public int compareTo(Candidate other) {
            return rank != other.rank
                    ? Integer.compare(rank, other.rank)
                    : Integer.compare(left, other.left);
        }
    }
}
