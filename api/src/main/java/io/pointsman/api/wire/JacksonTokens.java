package io.pointsman.api.wire;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The tokens that Jackson's parser finds. Confined to one thread.
///
/// @param parser reads a part of an array of bytes
/// @param base where in the array that part begins
record JacksonTokens(JsonParser parser, int base) implements JsonTokens {

    @Override
    public JsonToken next() {
        return parser.nextToken();
    }

    @Override
    public @Nullable String nextName() {
        return parser.nextName();
    }

    @Override
    public JsonToken current() {
        return parser.currentToken();
    }

    @Override
    public void skipChildren() {
        parser.skipChildren();
    }

    @Override
    public int start() {
        return base + JsonInput.start(parser);
    }

    @Override
    public int end() {
        return base + JsonInput.end(parser);
    }

    @Override
    public String string() {
        return parser.getString();
    }

    @Override
    public long integer() {
        BigInteger value = parser.getBigIntegerValue();
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
