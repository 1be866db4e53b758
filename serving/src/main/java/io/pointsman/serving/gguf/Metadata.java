package io.pointsman.serving.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The key-value part of a GGUF file, immutable. A key that is there with a value of another type
/// than asked for is an error that names both.
public final class Metadata {

    private final Map<String, MetadataValue> values;

    public Metadata(Map<String, MetadataValue> values) {
        this.values = Map.copyOf(values);
    }

    public Optional<MetadataValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    public Optional<String> text(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Text(var text) -> Optional.of(text);
            case MetadataValue other -> throw mistyped(key, "text", other);
        };
    }

    public String requiredText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    public OptionalInt integer(String key) {
        return switch (values.get(key)) {
            case null -> OptionalInt.empty();
            case MetadataValue.Whole(var whole) when whole == (int) whole ->
                    OptionalInt.of((int) whole);
            case MetadataValue other -> throw mistyped(key, "a 32-bit integer", other);
        };
    }

    public int requiredInteger(String key) {
        return integer(key).orElseThrow(() -> missing(key));
    }

    public OptionalDouble real(String key) {
        return switch (values.get(key)) {
            case null -> OptionalDouble.empty();
            case MetadataValue.Real(var real) -> OptionalDouble.of(real);
            case MetadataValue other -> throw mistyped(key, "a floating-point number", other);
        };
    }

    public Optional<Boolean> truth(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case MetadataValue.Truth(var truth) -> Optional.of(truth);
            case MetadataValue other -> throw mistyped(key, "a truth value", other);
        };
    }

    /// The texts of an array; empty where the key is absent.
    public List<String> texts(String key) {
        var texts = new ArrayList<String>();
        for (var element : elements(key)) {
            if (!(element instanceof MetadataValue.Text(var text))) {
                throw mistyped(key, "an array of texts", element);
            }
            texts.add(text);
        }
        return texts;
    }

    /// The integers of an array; empty where the key is absent.
    public int[] integers(String key) {
        var elements = elements(key);
        var integers = new int[elements.size()];
        for (int i = 0; i < integers.length; i++) {
            if (!(elements.get(i) instanceof MetadataValue.Whole(var whole))
                    || whole != (int) whole) {
                throw mistyped(key, "an array of 32-bit integers", elements.get(i));
            }
            integers[i] = (int) whole;
        }
        return integers;
    }

    private List<MetadataValue> elements(String key) {
        return switch (values.get(key)) {
            case null -> List.of();
            case MetadataValue.Sequence(var elements) -> elements;
            case MetadataValue other -> throw mistyped(key, "an array", other);
        };
    }

    private static GgufException missing(String key) {
        return new GgufException("metadata has no " + key);
    }

    private static GgufException mistyped(String key, String wanted, MetadataValue found) {
        return new GgufException(
                "metadata "
                        + key
                        + " should be "
                        + wanted
                        + ", found "
                        + found.getClass().getSimpleName());
    }
}
