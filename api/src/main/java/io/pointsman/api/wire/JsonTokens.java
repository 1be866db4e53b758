package io.pointsman.api.wire;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The tokens of one JSON object, one after another. Confined to one thread.
///
/// Two kinds of them give the same: [PlainTokens], which knows what is usual and is quick, and
/// Jackson's parser. [JsonInput#read] chooses.
interface JsonTokens {

    /// Moves to the next token, of which there is one up to the object's end.
    JsonToken next();

    /// Moves to the next token; the name that this is, or null where it is none.
    @Nullable String nextName();

    /// The token at hand.
    JsonToken current();

    /// Moves to the end of the array or object whose start is at hand; stays at any other token.
    void skipChildren();

    /// Where in the array of bytes the token at hand begins.
    int start();

    /// Moves to the end of the value at hand, and says where in the array the byte after it is.
    int end();

    /// The string at hand without quotes and escapes, or the digits of the number.
    String string();

    /// The number at hand, which has no fraction or exponent; the nearest there is where it does
    /// not fit.
    long integer();

    /// Whether a number is at hand that fits into an `int` as it is written.
    default boolean isInt() {
        return current() == JsonToken.VALUE_NUMBER_INT && integer() == (int) integer();
    }
}
