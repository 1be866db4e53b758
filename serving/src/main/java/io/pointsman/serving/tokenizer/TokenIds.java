package io.pointsman.serving.tokenizer;

import java.util.Arrays;

/// A list of token ids, immutable.
public final class TokenIds {

    private static final TokenIds EMPTY = new TokenIds(new int[0]);

    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    public static TokenIds of(int... ids) {
        return ids.length == 0 ? EMPTY : new TokenIds(ids.clone());
    }

    public int size() {
        return ids.length;
    }

    public int get(int index) {
        return ids[index];
    }

    public int[] toArray() {
        return ids.clone();
    }

    /// The ids from `start` on.
    public TokenIds from(int start) {
        return of(Arrays.copyOfRange(ids, start, ids.length));
    }

    /// This list with `more` behind it.
    public TokenIds plus(TokenIds more) {
        var all = Arrays.copyOf(ids, ids.length + more.ids.length);
        System.arraycopy(more.ids, 0, all, ids.length, more.ids.length);
        return new TokenIds(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }

    /// A growing list of ids, confined to one thread.
    static final class Builder {

        private int[] ids = new int[32];
        private int size;

        void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
            }
            ids[size++] = id;
        }

        TokenIds build() {
            return of(Arrays.copyOf(ids, size));
        }
    }
}
