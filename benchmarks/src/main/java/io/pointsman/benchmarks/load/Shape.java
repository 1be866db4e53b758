package io.pointsman.benchmarks.load;

/// What clients send and expect. Immutable.
///
/// @param stream whether they ask for a stream
/// @param size of a request's body in bytes
/// @param tokens of each answer
record Shape(boolean stream, int size, int tokens) {

    /// Asks for a whole answer. It is short, as its upstream may be asked for a stream all the
    /// same.
    static Shape plain(int size) {
        return new Shape(false, size, 16);
    }

    /// Asks for a stream.
    static Shape stream(int size) {
        return new Shape(true, size, 64);
    }

    /// How many stamps a complete answer has: a whole one has one, or one of each token if a
    /// gateway put it together.
    int stamps() {
        return stream ? tokens : 1;
    }

    @Override
    public String toString() {
        return (stream ? "stream" : "plain") + " " + size / 1000 + " KB";
    }
}
