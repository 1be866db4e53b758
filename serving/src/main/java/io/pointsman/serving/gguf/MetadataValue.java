package io.pointsman.serving.gguf;

import java.util.List;

/// One value of a GGUF file's metadata.
public sealed interface MetadataValue {

    /// Any of the integer types; an unsigned 64-bit value above `Long.MAX_VALUE` is negative here.
    record Whole(long value) implements MetadataValue {}

    /// Either of the floating-point types.
    record Real(double value) implements MetadataValue {}

    /// A truth value.
    record Truth(boolean value) implements MetadataValue {}

    /// UTF-8 text.
    record Text(String value) implements MetadataValue {}

    /// Values of one type.
    record Sequence(List<MetadataValue> values) implements MetadataValue {
        public Sequence {
            values = List.copyOf(values);
        }
    }
}
