package io.pointsman.classifier.kinds;

import io.pointsman.classifier.features.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The words of the concepts, as a trie over plain characters in one hash table. Immutable after
/// the class is loaded.
final class Lexicon {

    private static final String RESOURCE = "concepts.txt";
    private static final char END_OF_WORD = '$';

    private static final Lexicon SHIPPED = shipped();

    /// Where an edge leads, in the bits below it; a node's number has as many.
    private static final int TARGET_BITS = 24;

    private static final int TARGET = (1 << TARGET_BITS) - 1;

    /// Edges with their targets, each at the first free slot from its hash on; 0 where there is
    /// none.
    private final long[] edges;

    private final long[] stems;
    private final long[] words;
    private final long fingerprint;

    private Lexicon(Builder builder) {
        int slots = Integer.highestOneBit(builder.edges.size()) << 2;
        this.edges = new long[slots];
        builder.edges.forEach(this::put);
        this.stems = Arrays.copyOf(builder.stems, builder.nodes);
        this.words = Arrays.copyOf(builder.words, builder.nodes);
        this.fingerprint = builder.fingerprint;
    }

    /// The lexicon that ships with the classifier.
    static Lexicon get() {
        return SHIPPED;
    }

    /// A hash of all entries.
    long fingerprint() {
        return fingerprint;
    }

    /// The set of concepts that have an entry beginning at `from`; of entries of one word and of
    /// several, those of the most words, so that "how many" is not "how".
    long at(char[] text, int from, int to) {
        long found = 0;
        long ofFewerWords = 0;
        int node = 0;
        for (int at = from; at < to; at++) {
            node = next(node, text[at]);
            if (node == 0) {
                break;
            }
            if (text[at] == Letters.GAP && found != 0) {
                ofFewerWords = found;
                found = 0;
            }
            boolean ends = at + 1 == to || text[at + 1] == Letters.GAP;
            found |= stems[node] | (ends ? words[node] : 0);
        }
        return found != 0 ? found : ofFewerWords;
    }

    private int next(int node, char c) {
        long edge = edge(node, c);
        int slot = slot(edge);
        while (edges[slot] != 0) {
            if (edges[slot] >>> TARGET_BITS == edge) {
                return (int) edges[slot] & TARGET;
            }
            slot = (slot + 1) & (edges.length - 1);
        }
        return 0;
    }

    private void put(long edge, int target) {
        int slot = slot(edge);
        while (edges[slot] != 0) {
            slot = (slot + 1) & (edges.length - 1);
        }
        edges[slot] = edge << TARGET_BITS | target;
    }

    private int slot(long edge) {
        return (int) ((edge * 0x9E3779B97F4A7C15L) >>> 40) & (edges.length - 1);
    }

    private static long edge(int node, char c) {
        return ((long) node << Character.SIZE) | c;
    }

    private static Lexicon shipped() {
        try (@Nullable InputStream in = Lexicon.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InvalidKindModel("the classifier's lexicon " + RESOURCE + " is missing");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The lexicon in `text`: sections `[CONCEPT]` of lines `language: entry, entry`.
    static Lexicon parse(String text) {
        var builder = new Builder();
        @Nullable Concept concept = null;
        for (var line : text.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                concept = Concept.valueOf(line.substring(1, line.indexOf(']')));
            } else if (concept != null) {
                for (var entry : line.substring(line.indexOf(':') + 1).split(",", -1)) {
                    builder.add(entry, concept);
                }
            }
        }
        return new Lexicon(builder);
    }

    /// A trie that grows.
    private static final class Builder {

        private final Map<Long, Integer> edges = new HashMap<>();
        private long[] stems = new long[1 << 16];
        private long[] words = new long[1 << 16];
        private int nodes = 1;
        private long fingerprint = Hash.START;

        void add(String entry, Concept concept) {
            boolean whole = entry.strip().endsWith(String.valueOf(END_OF_WORD));
            int node = 0;
            for (char c : PlainText.plain(entry).toCharArray()) {
                node = child(node, c);
                fingerprint = Hash.step(fingerprint, c);
            }
            fingerprint = Hash.mix(fingerprint, 2L * concept.index() + (whole ? 1 : 0));
            (whole ? words : stems)[node] |= concept.bit();
        }

        private int child(int node, char c) {
            return edges.computeIfAbsent(edge(node, c), _ -> grow());
        }

        private int grow() {
            if (nodes == stems.length) {
                stems = Arrays.copyOf(stems, 2 * nodes);
                words = Arrays.copyOf(words, 2 * nodes);
            }
            return nodes++;
        }
    }
}
