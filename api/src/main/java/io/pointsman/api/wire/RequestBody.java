package io.pointsman.api.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The bytes of a request as the client sent them, and where in them the few fields are that a call
/// upstream replaces. Immutable by contract: nobody writes to the array.
public final class RequestBody {

    private static final byte[] TRUE = ascii("true");
    private static final byte[] INCLUDE_USAGE = ascii("{\"include_usage\":true}");

    private final byte[] bytes;
    private final List<Spot> spots;

    RequestBody(byte[] bytes, List<Spot> spots) {
        this.bytes = bytes;
        this.spots = List.copyOf(spots);
    }

    /// Wraps `bytes` without copying or reading them: for requests that no server will be sent.
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes, List.of());
    }

    /// The original bytes; not to be modified.
    public byte[] bytes() {
        return bytes;
    }

    /// The body to send to a server that knows the model as `model`: a streaming call that asks for
    /// usage, and otherwise the original byte for byte, fields unknown here included.
    ///
    /// @throws IllegalStateException if this body was only wrapped, not read
    public byte[] forUpstream(String model) {
        if (spots.isEmpty()) {
            throw new IllegalStateException("a body that was not read has no known fields");
        }
        var name = new JsonBytes(model.length() + 2).string(model).toByteArray();
        var splices = new Splices();
        boolean stream = false;
        boolean options = false;
        for (var spot : spots) {
            switch (spot) {
                case Spot.Model(int from, int to) -> splices.replace(from, to, name);
                case Spot.Stream(int from, int to) -> {
                    splices.replace(from, to, TRUE);
                    stream = true;
                }
                case Spot.NullOptions(int from, int to) -> {
                    splices.replace(from, to, INCLUDE_USAGE);
                    options = true;
                }
                case Spot.IncludeUsage(int from, int to) -> splices.replace(from, to, TRUE);
                case Spot.EndOfOptions(int at, boolean empty, boolean includeUsage) -> {
                    if (!includeUsage) {
                        splices.insert(
                                at,
                                ascii(
                                        empty
                                                ? "\"include_usage\":true"
                                                : ",\"include_usage\":true"));
                    }
                    options = true;
                }
                case Spot.EndOfBody(int at) ->
                        splices.insert(
                                at,
                                ascii(
                                        (stream ? "" : ",\"stream\":true")
                                                + (options
                                                        ? ""
                                                        : ",\"stream_options\":{\"include_usage\":true}")));
            }
        }
        return splices.apply(bytes);
    }

    private static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /// A place in the body that a call upstream changes; a field given twice has two.
    sealed interface Spot {

        record Model(int from, int to) implements Spot {}

        record Stream(int from, int to) implements Spot {}

        record NullOptions(int from, int to) implements Spot {}

        record IncludeUsage(int from, int to) implements Spot {}

        /// The closing brace of `stream_options`.
        record EndOfOptions(int at, boolean empty, boolean includeUsage) implements Spot {}

        /// The closing brace of the body, which is not empty: it has a model.
        record EndOfBody(int at) implements Spot {}
    }
}
