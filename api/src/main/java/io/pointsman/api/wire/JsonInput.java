package io.pointsman.api.wire;

import java.util.Arrays;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/// Opens parsers over JSON that nobody vouches for: UTF-8 only, and bounded in depth, in numbers,
/// in names and in tokens. The length of a document is bounded by whoever reads it from a socket.
final class JsonInput {

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    // The threads that parse are few and live long.
                    .recyclerPool(JsonRecyclerPools.threadLocalPool())
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(200)
                                    .maxNumberLength(1_000)
                                    .maxNameLength(10_000)
                                    .maxTokenCount(2_000_000)
                                    .maxStringLength(256 << 20)
                                    .build())
                    .build();

    private JsonInput() {}

    /// What `reading` makes of the object in `json`. It may be begun twice, so it keeps nothing
    /// from one time for the next.
    ///
    /// @param known how many bytes of `json` are left out; the comma that follows them becomes the
    ///   object's brace
    /// @throws JacksonException if it is not valid JSON
    static <T> T read(byte[] json, int known, Function<JsonTokens, T> reading) {
        try {
            return reading.apply(new PlainTokens(json, known));
        } catch (PlainTokens.Unusual _) {
            try (var parser = open(ChunkHead.rest(json, known))) {
                return reading.apply(new JacksonTokens(parser, known));
            }
        }
    }

    /// The same for the whole of `json`.
    ///
    /// @throws JacksonException if it is not valid JSON
    static <T> T read(byte[] json, Function<JsonTokens, T> reading) {
        return read(json, 0, reading);
    }

    /// A parser over `json`.
    static JsonParser open(byte[] json) {
        return FACTORY.createParser(ObjectReadContext.empty(), json, 0, json.length);
    }

    /// `json` without the byte order mark that it may begin with.
    static byte[] withoutByteOrderMark(byte[] json) {
        return json.length >= 3
                        && json[0] == (byte) 0xEF
                        && json[1] == (byte) 0xBB
                        && json[2] == (byte) 0xBF
                ? Arrays.copyOfRange(json, 3, json.length)
                : json;
    }

    /// The factory of those parsers.
    static JsonFactory factory() {
        return FACTORY;
    }

    /// Where the value that `parser` stands on begins in the array.
    static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /// Moves `parser` to the end of the value that it stands on, and says where in the array the
    /// byte after it is.
    static int end(JsonParser parser) {
        if (parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        return (int) parser.currentLocation().getByteOffset();
    }
}
