package io.pointsman.api.wire;

/// The text of a JSON string in the making. Confined to one thread.
///
/// Pieces may be cut anywhere, also between the halves of a surrogate pair.
final class JsonText implements JsonValue {

    private final JsonBytes inside = new JsonBytes(512);

    /// The first half of a pair that the next piece may complete; 0 for none.
    private char half;

    boolean isEmpty() {
        return inside.isEmpty() && half == 0;
    }

    /// Appends characters.
    void append(CharSequence text) {
        if (text.isEmpty()) {
            return;
        }
        var whole = half == 0 ? text : half + text.toString();
        int end = whole.length();
        half = Character.isHighSurrogate(whole.charAt(end - 1)) ? whole.charAt(--end) : 0;
        inside.text(whole.subSequence(0, end));
    }

    /// Appends the bytes of `json` in [from, to), ASCII without quotes, escapes or controls.
    void plain(byte[] json, int from, int to) {
        if (from < to) {
            endHalf();
            inside.raw(json, from, to);
        }
    }

    private void endHalf() {
        if (half != 0) {
            inside.text(String.valueOf(half));
            half = 0;
        }
    }

    @Override
    public void writeTo(JsonBytes json) {
        json.raw("\"").raw(inside);
        if (half != 0) {
            json.text(String.valueOf(half));
        }
        json.raw("\"");
    }
}
