package io.pointsman.serving.grammar;

import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Keeps one answer to one JSON object: says which tokens can come next. Confined to its sequence's
/// thread.
///
/// Most of a vocabulary can stand inside a string as it is; those tokens are one mask, made once
/// for all. Only the few others have to be read byte by byte at each step, and outside strings only
/// those whose first byte can be the next at all (after Dong et al. 2024, XGrammar).
public final class JsonGrammar {

    private final Vocabulary vocabulary;
    private final JsonAutomaton automaton = new JsonAutomaton();
    private final JsonAutomaton trial = new JsonAutomaton();
    private final long[] mask;

    private JsonGrammar(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        mask = new long[vocabulary.plain.length];
    }

    /// What is known of a vocabulary's tokens; immutable, and shared by all grammars over it.
    public static final class Vocabulary {

        private final byte[][] bytes;
        private final long[] plain;
        private final List<int[]> byFirstByte;
        private final int[] notPlain;
        private final int[] ends;

        private Vocabulary(Tokenizer tokenizer) {
            int size = tokenizer.size();
            bytes = new byte[size][];
            plain = new long[(size + 63) / 64];
            for (int id = 0; id < size; id++) {
                bytes[id] = tokenizer.isSpecial(id) ? new byte[0] : tokenizer.bytes(id);
                if (bytes[id].length > 0 && plain(bytes[id])) {
                    plain[id >> 6] |= 1L << id;
                }
            }
            ends = ids(tokenizer::endsGeneration);
            notPlain = ids(id -> bytes[id].length > 0 && !plain(bytes[id]));
            byFirstByte = new ArrayList<>();
            for (int first = 0; first < 256; first++) {
                byte wanted = (byte) first;
                byFirstByte.add(ids(id -> bytes[id].length > 0 && bytes[id][0] == wanted));
            }
        }

        /// Reads all tokens of `tokenizer`.
        public static Vocabulary of(Tokenizer tokenizer) {
            return new Vocabulary(tokenizer);
        }

        /// A grammar for one answer.
        public JsonGrammar grammar() {
            return new JsonGrammar(this);
        }

        private int[] ids(IntPredicate predicate) {
            return IntStream.range(0, bytes.length).filter(predicate).toArray();
        }

        private static boolean plain(byte[] bytes) {
            for (byte b : bytes) {
                if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
                    return false;
                }
            }
            return true;
        }
    }

    /// The answer goes on with `token`; one that could not be next is passed over.
    public void accept(int token) {
        trial.set(automaton);
        if (accepts(token)) {
            automaton.set(trial);
        }
    }

    /// Which tokens can come next, one bit each, the lowest first: good until the next call.
    public long[] allowed() {
        if (automaton.inString()) {
            System.arraycopy(vocabulary.plain, 0, mask, 0, mask.length);
            allowIfAccepted(vocabulary.notPlain);
        } else {
            Arrays.fill(mask, 0);
            for (int first = 0; first < 256; first++) {
                trial.set(automaton);
                if (trial.accept(first)) {
                    allowIfAccepted(vocabulary.byFirstByte.get(first));
                }
            }
        }
        if (automaton.done()) {
            for (int id : vocabulary.ends) {
                allow(id);
            }
        }
        return mask;
    }

    private void allowIfAccepted(int[] ids) {
        for (int id : ids) {
            trial.set(automaton);
            if (accepts(id)) {
                allow(id);
            }
        }
    }

    private boolean accepts(int token) {
        for (byte b : vocabulary.bytes[token]) {
            if (!trial.accept(b & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private void allow(int id) {
        mask[id >> 6] |= 1L << id;
    }
}
