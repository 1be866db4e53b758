package io.pointsman.classifier.kinds;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The file format of a [KindModel]: one JSON object, its weights as base64 of little-endian
/// integers.
///
/// The object names the format's version, the features and the categories, so that weights are
/// never applied to others than they were fitted on, and holds a checksum of the weights.
public final class KindFile {

    private static final String FORMAT = "pointsman-kinds/1";
    private static final String REMEDY = ": train it again with `lab train-tiers`";
    private static final int LARGEST = 4 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private KindFile() {}

    /// Reads a model from `in`, called `where` in messages.
    ///
    /// @throws InvalidKindModel where there is none that fits this version
    public static KindModel read(InputStream in, String where) {
        try {
            return model(JSON.readTree(in.readNBytes(LARGEST)), where);
        } catch (IOException e) {
            throw new InvalidKindModel("cannot read the model of kinds " + where + ": " + e);
        } catch (JacksonException e) {
            throw new InvalidKindModel(
                    "the model of kinds %s is not JSON: %s%s"
                            .formatted(where, e.getOriginalMessage(), REMEDY));
        } catch (IllegalArgumentException e) {
            throw new InvalidKindModel(
                    "the model of kinds %s is damaged: %s%s"
                            .formatted(where, e.getMessage(), REMEDY));
        }
    }

    /// Writes `model` to `file`, with `metrics` for whoever reads it.
    public static void write(KindModel model, Map<String, Double> metrics, Path file) {
        var root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("features", KindFeatures.ID);
        root.put("categories", Category.ALL.toString());
        var measured = root.putObject("metrics");
        metrics.forEach(measured::put);
        root.put("ngram-unit", model.ngramUnit());
        root.put("trait-unit", model.traitUnit());
        root.put("checksum", checksum(model.ngrams(), bytes(model.traits())));
        root.put("ngrams", Base64.getEncoder().encodeToString(model.ngrams()));
        root.put("traits", Base64.getEncoder().encodeToString(bytes(model.traits())));
        try {
            Files.writeString(file, JSON.writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the model of kinds to " + file, e);
        }
    }

    private static KindModel model(JsonNode root, String where) {
        same(root, "format", FORMAT, where);
        same(root, "features", KindFeatures.ID, where);
        same(root, "categories", Category.ALL.toString(), where);
        var ngrams = Base64.getDecoder().decode(text(root, "ngrams", where));
        var traits = Base64.getDecoder().decode(text(root, "traits", where));
        same(root, "checksum", checksum(ngrams, traits), where);
        return new KindModel(
                ngrams,
                number(root, "ngram-unit", where),
                shorts(traits),
                number(root, "trait-unit", where));
    }

    private static void same(JsonNode root, String key, String expected, String where) {
        var found = text(root, key, where);
        if (!found.equals(expected)) {
            throw new InvalidKindModel(
                    "the model of kinds %s has the %s \"%s\", but this version has \"%s\"%s"
                            .formatted(where, key, shortened(found), shortened(expected), REMEDY));
        }
    }

    private static String text(JsonNode root, String key, String where) {
        var node = root.path(key);
        if (!node.isString()) {
            throw new InvalidKindModel(
                    "the model of kinds %s lacks the text \"%s\"%s".formatted(where, key, REMEDY));
        }
        return node.stringValue();
    }

    private static float number(JsonNode root, String key, String where) {
        var node = root.path(key);
        if (!node.isNumber()) {
            throw new InvalidKindModel(
                    "the model of kinds %s lacks the number \"%s\"%s"
                            .formatted(where, key, REMEDY));
        }
        return node.floatValue();
    }

    private static byte[] bytes(short[] values) {
        var bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(values);
        return bytes.array();
    }

    private static short[] shorts(byte[] bytes) {
        var values = new short[bytes.length / Short.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
        return values;
    }

    private static String checksum(byte[] ngrams, byte[] traits) {
        var checksum = new CRC32C();
        checksum.update(ngrams);
        checksum.update(traits);
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
