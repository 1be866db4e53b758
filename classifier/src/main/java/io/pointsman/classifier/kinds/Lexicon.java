package io.pointsman.classifier.kinds;

import io.pointsman.classifier.features.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The words of the concepts, as a trie over plain characters. Immutable after the class is loaded.
///
/// Nodes are numbered level by level, so that those near the root, where most searches end, lie
/// close together. A node's children by letters of English, digits and gaps are in a row, and found
/// in it by counting bits; its other children are in one hash table with those of all nodes.
final class Lexicon {

    private static final String RESOURCE = "concepts.txt";
    private static final char END_OF_WORD = '$';

    /// Per character, its bit in a row, in rising order; -1 for those that are in the hash table.
    private static final byte[] PLACES = places();

    private static final int ROW_BITS = 37;
    private static final long NAMED = 1L << ROW_BITS;
    private static final int FIRST_CHILD = ROW_BITS + 1;

    private static final Lexicon SHIPPED = shipped();

    /// Where an edge leads, in the bits below it; a node's number has as many.
    private static final int TARGET_BITS = 24;

    private static final int TARGET = (1 << TARGET_BITS) - 1;

    /// Edges with their targets, each at the first free slot from its hash on; 0 where there is
    /// none.
    private final long[] edges;

    /// Per node, a bit for each child in the row, then whether an entry ends here, and above that
    /// the number of the first child.
    private final long[] rows;

    // Per node, the concepts of the entries that end here.
    private final long[] stems;
    private final long[] words;
    private final long fingerprint;

    private Lexicon(Builder builder) {
        int nodes = builder.children.size();
        this.edges = new long[Integer.highestOneBit(nodes) << 2];
        this.rows = new long[nodes];
        this.stems = new long[nodes];
        this.words = new long[nodes];
        this.fingerprint = builder.fingerprint;
        var levels = new int[nodes];
        int known = 1;
        for (int node = 0; node < nodes; node++) {
            int built = levels[node];
            stems[node] = builder.stems[built];
            words[node] = builder.words[built];
            rows[node] = (long) known << FIRST_CHILD;
            rows[node] |= (stems[node] | words[node]) != 0 ? NAMED : 0;
            for (var child : builder.children.get(built).entrySet()) {
                char c = child.getKey();
                if (place(c) >= 0) {
                    rows[node] |= 1L << place(c);
                } else {
                    put(edge(node, c), known);
                }
                levels[known++] = child.getValue();
            }
        }
    }

    private static byte[] places() {
        var places = new byte[Byte.MAX_VALUE + 1];
        Arrays.fill(places, (byte) -1);
        byte place = 0;
        places[Letters.GAP] = place++;
        for (char c = '0'; c <= '9'; c++) {
            places[c] = place++;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            places[c] = place++;
        }
        return places;
    }

    private static int place(char c) {
        return c < PLACES.length ? PLACES[c] : -1;
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
            if ((rows[node] & NAMED) != 0) {
                boolean ends = at + 1 == to || text[at + 1] == Letters.GAP;
                found |= stems[node] | (ends ? words[node] : 0);
            }
        }
        return found != 0 ? found : ofFewerWords;
    }

    private int next(int node, char c) {
        int place = place(c);
        if (place < 0) {
            return hashed(node, c);
        }
        long row = rows[node];
        int before = Long.bitCount(row & ((1L << place) - 1));
        return (row >>> place & 1) == 0 ? 0 : (int) (row >>> FIRST_CHILD) + before;
    }

    private int hashed(int node, char c) {
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

        /// Per node, its children by their characters.
        private final List<SortedMap<Character, Integer>> children = new ArrayList<>();

        private long[] stems = new long[1 << 16];
        private long[] words = new long[1 << 16];
        private long fingerprint = Hash.START;

        Builder() {
            children.add(new TreeMap<>());
        }

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
            return children.get(node).computeIfAbsent(c, _ -> grow());
        }

        private int grow() {
            int node = children.size();
            if (node == stems.length) {
                stems = Arrays.copyOf(stems, 2 * node);
                words = Arrays.copyOf(words, 2 * node);
            }
            children.add(new TreeMap<>());
            return node;
        }
    }
}
