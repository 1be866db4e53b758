package io.pointsman.gateway.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// The bytes of a spool's files: a first line that names the format's version, then a frame for
/// each record.
///
/// A frame has a header of 12 bytes, big-endian: the length of its payload, the CRC-32C of the
/// payload, and the CRC-32C of these two. The payload is a byte for its version and then JSON. The
/// first byte of a header is zero, which JSON never holds: so a reader that lost its way in damaged
/// bytes can look for the next header, and what a client put into a record cannot look like one.
final class Frames {

    /// The first line of every file that this version writes.
    static final String FIRST_LINE = "pointsman-ledger/1\n";

    /// What the first line of every version begins with.
    static final String FAMILY = "pointsman-ledger/";

    /// The bytes of a header.
    static final int HEADER = 3 * Integer.BYTES;

    /// No payload is longer.
    static final int LONGEST = 1 << 18;

    /// The version of payloads.
    static final byte VERSION = 1;

    private Frames() {}

    /// The bytes of the first line.
    static byte[] firstLine() {
        return FIRST_LINE.getBytes(StandardCharsets.US_ASCII);
    }

    /// Writes the header of the frame at `at`, whose payload of `length` bytes is there.
    static void putHeader(ByteBuffer bytes, int at, int length) {
        bytes.putInt(at, length);
        bytes.putInt(at + Integer.BYTES, checksum(bytes, at + HEADER, length));
        bytes.putInt(at + 2 * Integer.BYTES, checksum(bytes, at, 2 * Integer.BYTES));
    }

    /// The length of the payload whose header is at `at`, or -1 where there is no intact header.
    static int payloadLength(ByteBuffer bytes, int at) {
        // Nearly all that is no header is told by its first byte.
        if (bytes.get(at) != 0) {
            return -1;
        }
        int length = bytes.getInt(at);
        var possible = length > 1 && length <= LONGEST;
        return possible
                        && bytes.getInt(at + 2 * Integer.BYTES)
                                == checksum(bytes, at, 2 * Integer.BYTES)
                ? length
                : -1;
    }

    /// Whether the payload after the header at `at` is as it was written.
    static boolean intact(ByteBuffer bytes, int at, int length) {
        return bytes.getInt(at + Integer.BYTES) == checksum(bytes, at + HEADER, length);
    }

    private static int checksum(ByteBuffer bytes, int from, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes.array(), bytes.arrayOffset() + from, length);
        return (int) checksum.getValue();
    }
}
