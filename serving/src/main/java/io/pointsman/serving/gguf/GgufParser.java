package io.pointsman.serving.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads the header of a GGUF file (versions 2 and 3, little-endian) front to back. Confined to one
/// call of [#parse]. Counts and lengths are compared with the bytes that remain before anything is
/// allocated, so a hostile header costs no more memory than a small multiple of its own size.
final class GgufParser {

    private static final int MAGIC = 0x46554747;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_ARRAY_DEPTH = 4;
    private static final int MAX_DIMENSIONS = 4;

    /// A name's length, the number of dimensions, one dimension, type and offset.
    private static final int LEAST_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

    /// A key's length, type and one byte of value.
    private static final int LEAST_ENTRY_BYTES = 8 + 4 + 1;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private long at;

    GgufParser(MemorySegment file) {
        this.file = file;
    }

    Gguf parse() {
        if (file.byteSize() < 4 || readInt("the magic number") != MAGIC) {
            throw new GgufException("this is not a GGUF file: it does not begin with 'GGUF'");
        }
        int version = readInt("the version");
        if (version != 2 && version != 3) {
            throw new GgufException(
                    "GGUF version %d is not known (2 and 3 are)"
                            .formatted(Integer.toUnsignedLong(version)));
        }
        long tensorCount = readLong("the number of tensors");
        long entryCount = readLong("the number of metadata entries");
        checkCount(entryCount, LEAST_ENTRY_BYTES, "metadata entries");
        checkCount(tensorCount, LEAST_TENSOR_BYTES, "tensors");
        var metadata = new Metadata(readMetadata(entryCount));
        return new Gguf(metadata, readTensors(tensorCount, alignment(metadata)));
    }

    private Map<String, MetadataValue> readMetadata(long count) {
        var values = new HashMap<String, MetadataValue>();
        for (long i = 0; i < count; i++) {
            long start = at;
            var key = readText("the key of metadata entry " + i, MAX_KEY_BYTES);
            int type = readInt("the type of " + key);
            if (values.put(key, readValue(type, key, 0)) != null) {
                throw new GgufException("metadata %s is there twice%s".formatted(key, at(start)));
            }
        }
        return values;
    }

    private MetadataValue readValue(int type, String key, int depth) {
        return switch (type) {
            case 0 -> new MetadataValue.Whole(Byte.toUnsignedLong(readByte(key)));
            case 1 -> new MetadataValue.Whole(readByte(key));
            case 2 -> new MetadataValue.Whole(Short.toUnsignedLong(readShort(key)));
            case 3 -> new MetadataValue.Whole(readShort(key));
            case 4 -> new MetadataValue.Whole(Integer.toUnsignedLong(readInt(key)));
            case 5 -> new MetadataValue.Whole(readInt(key));
            case 6 -> new MetadataValue.Real(Float.intBitsToFloat(readInt(key)));
            case 7 -> new MetadataValue.Truth(readByte(key) != 0);
            case 8 -> new MetadataValue.Text(readText(key, Integer.MAX_VALUE));
            case 9 -> readArray(key, depth + 1);
            case 10, 11 -> new MetadataValue.Whole(readLong(key));
            case 12 -> new MetadataValue.Real(Double.longBitsToDouble(readLong(key)));
            default -> throw unknownType(type, key);
        };
    }

    private MetadataValue readArray(String key, int depth) {
        if (depth > MAX_ARRAY_DEPTH) {
            throw new GgufException(
                    "metadata %s nests arrays more than %d deep%s"
                            .formatted(key, MAX_ARRAY_DEPTH, at(at)));
        }
        int type = readInt("the element type of " + key);
        long count = readLong("the length of " + key);
        checkCount(count, leastBytes(type, key), "elements in metadata " + key);
        var elements = new ArrayList<MetadataValue>((int) Math.min(count, 1 << 16));
        for (long i = 0; i < count; i++) {
            elements.add(readValue(type, key, depth));
        }
        return new MetadataValue.Sequence(elements);
    }

    private int leastBytes(int type, String key) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 8, 10, 11, 12 -> 8;
            case 9 -> 12;
            default -> throw unknownType(type, key);
        };
    }

    private GgufException unknownType(int type, String key) {
        return new GgufException(
                "metadata %s has the unknown type %d%s"
                        .formatted(key, Integer.toUnsignedLong(type), at(at - 4)));
    }

    private static int alignment(Metadata metadata) {
        int alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment <= 0 || alignment > MAX_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw new GgufException(
                    "general.alignment is %d, it must be a power of two up to %d"
                            .formatted(alignment, MAX_ALIGNMENT));
        }
        return alignment;
    }

    private Map<String, Tensor> readTensors(long count, int alignment) {
        var entries = new LinkedHashMap<String, Entry>();
        for (long i = 0; i < count; i++) {
            long start = at;
            var entry = readEntry(i);
            if (entries.put(entry.name, entry) != null) {
                throw new GgufException(
                        "tensor %s is there twice%s".formatted(entry.name, at(start)));
            }
        }
        long data = (at + alignment - 1) / alignment * alignment;
        var tensors = new HashMap<String, Tensor>();
        for (var entry : entries.values()) {
            tensors.put(entry.name, place(entry, data, alignment));
        }
        return tensors;
    }

    private Entry readEntry(long index) {
        var name = readText("the name of tensor " + index, MAX_KEY_BYTES);
        int dimensions = readInt("the number of dimensions of " + name);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new GgufException(
                    "tensor %s has %d dimensions, 1 to %d are possible%s"
                            .formatted(
                                    name,
                                    Integer.toUnsignedLong(dimensions),
                                    MAX_DIMENSIONS,
                                    at(at - 4)));
        }
        int columns = readDimension(name);
        int rows = 1;
        for (int i = 1; i < dimensions; i++) {
            long product = (long) rows * readDimension(name);
            if (product > Integer.MAX_VALUE) {
                throw new GgufException(
                        "tensor %s is larger than any file%s".formatted(name, at(at - 8)));
            }
            rows = (int) product;
        }
        int code = readInt("the type of " + name);
        return new Entry(name, columns, rows, type(code, name), readLong("the offset of " + name));
    }

    private int readDimension(String name) {
        long dimension = readLong("a dimension of " + name);
        if (dimension < 1 || dimension > Integer.MAX_VALUE) {
            throw new GgufException(
                    "tensor %s has a dimension of %s%s"
                            .formatted(name, Long.toUnsignedString(dimension), at(at - 8)));
        }
        return (int) dimension;
    }

    private TensorType type(int code, String name) {
        for (var type : TensorType.values()) {
            if (type.code() == code) {
                return type;
            }
        }
        throw new GgufException(
                "tensor %s is stored as type %d, which is not supported (F32, F16 and Q8_0 are)%s"
                        .formatted(name, Integer.toUnsignedLong(code), at(at - 4)));
    }

    private Tensor place(Entry entry, long data, int alignment) {
        var type = entry.type;
        if (entry.columns % type.blockElements() != 0) {
            throw new GgufException(
                    "tensor %s has rows of %d elements, %s needs a multiple of %d"
                            .formatted(entry.name, entry.columns, type, type.blockElements()));
        }
        if (entry.offset < 0 || entry.offset % alignment != 0) {
            throw new GgufException(
                    "tensor %s has the offset %s, which is not a multiple of the alignment %d"
                            .formatted(entry.name, Long.toUnsignedString(entry.offset), alignment));
        }
        // A row is under 2^33 bytes and there are under 2^31 rows: this cannot overflow.
        long bytes = type.bytes(entry.columns) * entry.rows;
        long available = file.byteSize() - data;
        if (entry.offset > available || bytes > available - entry.offset) {
            throw new GgufException(
                    "tensor %s needs %d bytes from offset %d of the data, the file has %d there"
                            .formatted(
                                    entry.name,
                                    bytes,
                                    entry.offset,
                                    Math.max(0, available - entry.offset)));
        }
        var slice = file.asSlice(data + entry.offset, bytes);
        return new Tensor(entry.name, type, entry.columns, entry.rows, slice);
    }

    private void checkCount(long count, int leastBytes, String what) {
        if (count < 0 || count > Integer.MAX_VALUE || count > remaining() / leastBytes) {
            throw new GgufException(
                    "the file claims %s %s, %d bytes remain%s"
                            .formatted(
                                    Long.toUnsignedString(count), what, remaining(), at(at - 8)));
        }
    }

    private String readText(String what, int maxBytes) {
        long length = readLong("the length of " + what);
        if (length < 0 || length > maxBytes || length > remaining()) {
            throw new GgufException(
                    "%s claims %s bytes, %d remain%s"
                            .formatted(
                                    what, Long.toUnsignedString(length), remaining(), at(at - 8)));
        }
        var bytes = file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        at += length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte readByte(String what) {
        need(1, what);
        return file.get(ValueLayout.JAVA_BYTE, at++);
    }

    private short readShort(String what) {
        need(2, what);
        at += 2;
        return file.get(SHORT, at - 2);
    }

    private int readInt(String what) {
        need(4, what);
        at += 4;
        return file.get(INT, at - 4);
    }

    private long readLong(String what) {
        need(8, what);
        at += 8;
        return file.get(LONG, at - 8);
    }

    private void need(int bytes, String what) {
        if (remaining() < bytes) {
            throw new GgufException("the file ends in the middle of " + what + at(at));
        }
    }

    private long remaining() {
        return file.byteSize() - at;
    }

    private static String at(long offset) {
        return " (at byte " + offset + ")";
    }

    private record Entry(String name, int columns, int rows, TensorType type, long offset) {}
}
