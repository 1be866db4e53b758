package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Numbers the tool calls in the chunks of one streamed answer as clients expect it: from 0 on in
/// each choice, every piece of a call with the call's own number. Confined to one thread.
///
/// Servers leave the number out, begin with 1, or give several calls the same one; what tells calls
/// apart then is their id, which only the first piece need carry. Chunks whose numbers are right
/// pass byte for byte.
public final class ToolCallIndexes {

    private static final int ABSENT = -1;

    private final Map<Integer, List<Call>> calls = new HashMap<>();

    /// `chunk`, which has tool calls, with the right numbers; the same array where they are right.
    public byte[] repair(byte[] chunk) {
        var splices = new Splices();
        try (var parser = JsonInput.open(chunk)) {
            parser.nextToken();
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                var value = parser.nextToken();
                if (name.equals("choices") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        if (parser.currentToken() == JsonToken.START_OBJECT) {
                            choice(parser, splices);
                        } else {
                            parser.skipChildren();
                        }
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return splices.apply(chunk);
    }

    private void choice(JsonParser parser, Splices splices) {
        int index = 0;
        var pieces = new ArrayList<Piece>();
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var value = parser.nextToken();
            if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
                index = parser.getBigIntegerValue().intValue();
            } else if (name.equals("delta") && value == JsonToken.START_OBJECT) {
                delta(parser, pieces);
            } else {
                parser.skipChildren();
            }
        }
        var known = calls.computeIfAbsent(index, _ -> new ArrayList<>());
        for (var piece : pieces) {
            int number = number(piece, known);
            if (number != piece.index) {
                piece.number(number, splices);
            }
        }
    }

    private static void delta(JsonParser parser, List<Piece> pieces) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            var value = parser.nextToken();
            if (!name.equals("tool_calls") || value != JsonToken.START_ARRAY) {
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    pieces.add(Piece.read(parser));
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    /// The number of the call that `piece` belongs to, be it a new one.
    private static int number(Piece piece, List<Call> known) {
        for (int i = known.size() - 1; i >= 0; i--) {
            var call = known.get(i);
            boolean samePlace =
                    piece.index == ABSENT ? i == known.size() - 1 : call.given == piece.index;
            if (piece.id.isEmpty() ? samePlace : call.id.equals(piece.id)) {
                return i;
            }
            if (samePlace && call.id.isEmpty() && !piece.id.isEmpty()) {
                call.id = piece.id;
                return i;
            }
        }
        known.add(new Call(piece.index, piece.id));
        return known.size() - 1;
    }

    /// A call that has begun; its number is its place in the list.
    private static final class Call {
        private final int given;
        private String id;

        Call(int given, String id) {
            this.given = given;
            this.id = id;
        }
    }

    /// A piece of a call, as it stands in a chunk.
    private static final class Piece {
        private int start;
        private boolean empty = true;
        private String id = "";
        private int index = ABSENT;
        private int from = ABSENT;
        private int to = ABSENT;

        static Piece read(JsonParser parser) {
            var piece = new Piece();
            piece.start = JsonInput.start(parser);
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                piece.empty = false;
                var value = parser.nextToken();
                if (name.equals("index")) {
                    piece.from = JsonInput.start(parser);
                    if (value == JsonToken.VALUE_NUMBER_INT) {
                        piece.index = Math.max(ABSENT, parser.getBigIntegerValue().intValue());
                    }
                    piece.to = JsonInput.end(parser);
                } else if (name.equals("id") && value == JsonToken.VALUE_STRING) {
                    piece.id = parser.getString();
                } else {
                    parser.skipChildren();
                }
            }
            return piece;
        }

        void number(int number, Splices splices) {
            var digits = Integer.toString(number);
            if (from != ABSENT) {
                splices.replace(from, to, digits.getBytes(StandardCharsets.US_ASCII));
            } else {
                splices.insert(
                        start + 1,
                        ("\"index\":" + digits + (empty ? "" : ","))
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
