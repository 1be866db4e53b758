package io.pointsman.lab.mini;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// A byte-level BPE vocabulary as `gpt2` in GGUF, split as `qwen2` does: every digit is a token of
/// its own.
///
/// Ids 0 to 255 are the bytes, then one id for each merge, then the control tokens. Any text
/// encodes and decodes to itself. Immutable and thread-safe.
final class Vocabulary {
    static final List<String> CONTROL = List.of("<user>", "<asst>", "<think>", "</think>", "<eos>");

    private static final Pattern PIECE =
            Pattern.compile(
                    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                    Pattern.UNICODE_CHARACTER_CLASS);
    private static final int BYTES = 256;
    private static final char[] SYMBOLS = symbols();

    private final List<String> merges;
    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> ranks = new HashMap<>();
    private final Map<String, int[]> known = new ConcurrentHashMap<>();

    /// The vocabulary of these merges, best first, each of two symbols with a space between them.
    Vocabulary(List<String> merges) {
        this.merges = List.copyOf(merges);
        var all = new ArrayList<String>();
        for (var symbol : SYMBOLS) {
            all.add(String.valueOf(symbol));
        }
        for (var merge : merges) {
            ranks.put(merge, ranks.size());
            all.add(merge.replace(" ", ""));
        }
        all.addAll(CONTROL);
        tokens = List.copyOf(all);
        for (var id = 0; id < tokens.size(); id++) {
            ids.putIfAbsent(tokens.get(id), id);
        }
    }

    /// Learns merges from counted texts until the vocabulary has this many tokens.
    static Vocabulary learn(Map<String, Long> texts, int size) {
        var counts = new HashMap<String, Long>();
        texts.forEach((text, count) ->
                pieces(text).forEach(piece -> counts.merge(piece, count, Long::sum)));
        var words = new ArrayList<List<String>>();
        var weights = new ArrayList<Long>();
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> {
                    words.add(new ArrayList<>(symbolsOf(entry.getKey())));
                    weights.add(entry.getValue());
                });
        var merges = new ArrayList<String>();
        while (BYTES + merges.size() + CONTROL.size() < size) {
            var pairs = new HashMap<String, Long>();
            for (var index = 0; index < words.size(); index++) {
                var word = words.get(index);
                for (var left = 0; left + 1 < word.size(); left++) {
                    pairs.merge(
                            word.get(left) + " " + word.get(left + 1),
                            weights.get(index),
                            Long::sum);
                }
            }
            var best =
                    pairs.entrySet().stream()
                            .max(
                                    Map.Entry.<String, Long>comparingByValue()
                                            .thenComparing(Map.Entry.comparingByKey()))
                            .orElseThrow()
                            .getKey();
            merges.add(best);
            words.forEach(word -> merge(word, best));
        }
        return new Vocabulary(merges);
    }

    int size() {
        return tokens.size();
    }

    List<String> tokens() {
        return tokens;
    }

    List<String> merges() {
        return merges;
    }

    /// The id of a control token.
    int control(String name) {
        return BYTES + merges.size() + CONTROL.indexOf(name);
    }

    int end() {
        return control("<eos>");
    }

    /// The ids of a text in which no control token is recognised.
    int[] encode(String text) {
        return pieces(text).stream()
                .flatMapToInt(piece -> Arrays.stream(encodePiece(piece)))
                .toArray();
    }

    /// The text of ids, control tokens by their names.
    String decode(int[] encoded) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (var id : encoded) {
            var token = tokens.get(id);
            if (id >= BYTES + merges.size()) {
                bytes.writeBytes(token.getBytes(StandardCharsets.UTF_8));
            } else {
                token.chars().forEach(symbol -> bytes.write(byteOf((char) symbol)));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private int[] encodePiece(String piece) {
        var cached = known.get(piece);
        if (cached != null) {
            return cached;
        }
        var word = new ArrayList<>(symbolsOf(piece));
        while (true) {
            var best = Integer.MAX_VALUE;
            var pair = "";
            for (var left = 0; left + 1 < word.size(); left++) {
                var candidate = word.get(left) + " " + word.get(left + 1);
                var rank = ranks.getOrDefault(candidate, Integer.MAX_VALUE);
                if (rank < best) {
                    best = rank;
                    pair = candidate;
                }
            }
            if (best == Integer.MAX_VALUE) {
                break;
            }
            merge(word, pair);
        }
        var encoded = word.stream().mapToInt(ids::get).toArray();
        if (known.size() < 50_000) {
            known.put(piece, encoded);
        }
        return encoded;
    }

    private static void merge(List<String> word, String pair) {
        var space = pair.indexOf(' ');
        var first = pair.substring(0, space);
        var second = pair.substring(space + 1);
        for (var left = 0; left + 1 < word.size(); left++) {
            if (word.get(left).equals(first) && word.get(left + 1).equals(second)) {
                word.set(left, first + second);
                word.remove(left + 1);
            }
        }
    }

    private static List<String> pieces(String text) {
        return PIECE.matcher(text).results().map(found -> found.group()).toList();
    }

    private static List<String> symbolsOf(String piece) {
        var symbols = new ArrayList<String>();
        for (var value : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(String.valueOf(SYMBOLS[value & 0xff]));
        }
        return symbols;
    }

    private static int byteOf(char symbol) {
        for (var value = 0; value < BYTES; value++) {
            if (SYMBOLS[value] == symbol) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a byte's symbol: " + symbol);
    }

    /// GPT-2's printable stand-in for each byte.
    private static char[] symbols() {
        var symbols = new char[BYTES];
        var next = 256;
        for (var value = 0; value < BYTES; value++) {
            var printable =
                    (value >= '!' && value <= '~')
                            || (value >= 0xa1 && value <= 0xac)
                            || (value >= 0xae && value <= 0xff);
            symbols[value] = (char) (printable ? value : next++);
        }
        return symbols;
    }
}
