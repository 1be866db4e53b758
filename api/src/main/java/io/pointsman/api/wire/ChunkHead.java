package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the chunks of one answer begin with, up to their `choices`. Confined to one thread.
///
/// As a rule these fields are the same in all of them, byte for byte, and are more than the rest.
/// Who has read them once can leave them out: a parser that comes to the same name after the same
/// bytes is in the state in which it was there before.
final class ChunkHead {

    private static final byte[] CHOICES = "\"choices\"".getBytes(StandardCharsets.US_ASCII);

    private byte[] like = {};

    /// Where in `like` the comma before the choices is; 0 where nothing is known.
    private int comma;

    /// How many bytes of `json` are known; 0 where it begins otherwise.
    int known(byte[] json) {
        int name = comma + 1;
        return comma > 0
                        && json.length > name + CHOICES.length
                        && Arrays.equals(like, 0, name, json, 0, name)
                        && Arrays.equals(
                                json, name, name + CHOICES.length, CHOICES, 0, CHOICES.length)
                ? comma
                : 0;
    }

    /// The object that follows the first `known` bytes of `json`.
    static byte[] rest(byte[] json, int known) {
        if (known == 0) {
            return json;
        }
        var rest = Arrays.copyOfRange(json, known, json.length);
        rest[0] = '{';
        return rest;
    }

    /// Learns the fields of `json` before the name at `choices`.
    void learn(byte[] json, int choices) {
        like = json;
        comma = json[choices - 1] == ',' ? choices - 1 : 0;
    }

    /// The chunk that it was learned from.
    byte[] like() {
        return like;
    }
}
