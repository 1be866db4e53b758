package io.pointsman.classifier.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pointsman.api.Label;
import io.pointsman.api.TaskType;
import io.pointsman.classifier.features.FeatureSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.zip.CRC32C;

/// The bytes of an outcome log: a first line that names the format's version and the [FeatureSet],
/// then a record for each outcome.
///
/// A record has a frame of 12 bytes, big-endian: the length of its payload, the CRC-32C of the
/// payload, and the CRC-32C of these two, so that a damaged length is not taken for the end of the
/// file. The payload holds the outcome, its enumerated values by name. A later record of the same
/// outcome replaces an earlier one.
final class LogFormat {

    /// What each format's first line begins with.
    static final String FAMILY = "pointsman-outcomes/";

    static final String VERSION = "1";

    /// The first line of a log that this version writes.
    static final String FIRST_LINE = FAMILY + VERSION + " " + FeatureSet.ID + "\n";

    /// The bytes of a frame.
    static final int FRAME = 3 * Integer.BYTES;

    /// No payload is longer: a tenant's name has at most 64 KB.
    static final int LONGEST_PAYLOAD = 1 << 17;

    private LogFormat() {}

    /// The bytes of the first line.
    static byte[] firstLine() {
        return FIRST_LINE.getBytes(US_ASCII);
    }

    /// The bytes of a record.
    static byte[] record(RememberedOutcome outcome) {
        var payload = payload(outcome);
        return ByteBuffer.allocate(FRAME + payload.length)
                .putInt(payload.length)
                .putInt(checksum(payload, payload.length))
                .putInt(frameChecksum(payload.length, checksum(payload, payload.length)))
                .put(payload)
                .array();
    }

    private static byte[] payload(RememberedOutcome outcome) {
        var bytes = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(bytes)) {
            var trace = outcome.trace();
            var label = outcome.label();
            out.writeLong(outcome.id());
            out.writeLong(outcome.learned().getEpochSecond());
            out.writeUTF(outcome.tenant());
            out.writeUTF(label.origin().name());
            out.writeDouble(label.trust());
            out.writeDouble(label.fast().orElse(Double.NaN));
            out.writeDouble(label.reasoner().orElse(Double.NaN));
            out.writeLong(trace.hash());
            out.writeFloat(trace.expectedFast());
            out.writeFloat(trace.expectedReasoner());
            out.writeBoolean(trace.novel());
            out.writeUTF(trace.task().name());
            out.writeByte(trace.sketch().buckets().length);
            for (char bucket : trace.sketch().buckets()) {
                out.writeChar(bucket);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the outcome cannot be written: " + e, e);
        }
        return bytes.toByteArray();
    }

    /// The outcome of a payload.
    ///
    /// @throws IOException where it ends too early
    /// @throws IllegalArgumentException where a value is out of range or unknown
    static RememberedOutcome outcome(byte[] payload) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(payload));
        long id = in.readLong();
        var learned = Instant.ofEpochSecond(in.readLong());
        var tenant = in.readUTF();
        var origin = Label.Origin.valueOf(in.readUTF());
        double trust = in.readDouble();
        var fast = score(in.readDouble());
        var reasoner = score(in.readDouble());
        long hash = in.readLong();
        float expectedFast = in.readFloat();
        float expectedReasoner = in.readFloat();
        boolean novel = in.readBoolean();
        var task = TaskType.valueOf(in.readUTF());
        var buckets = new char[in.readUnsignedByte()];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = in.readChar();
        }
        return new RememberedOutcome(
                id,
                tenant,
                new Trace(hash, new Sketch(buckets), expectedFast, expectedReasoner, novel, task),
                new Label(fast, reasoner, origin, trust),
                learned);
    }

    private static OptionalDouble score(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    static int checksum(byte[] bytes, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    static int frameChecksum(int length, int payloadChecksum) {
        var both = ByteBuffer.allocate(2 * Integer.BYTES).putInt(length).putInt(payloadChecksum);
        return checksum(both.array(), both.capacity());
    }
}
