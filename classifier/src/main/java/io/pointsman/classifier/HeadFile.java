package io.pointsman.classifier;

import io.pointsman.classifier.features.Encoding;
import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Structure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The file format of a [Head]: one JSON object, its weights as base64 of little-endian 16-bit
/// integers with a common scale.
///
/// The object names the format's version and the [FeatureSet], so that a head is never applied to
/// features that it was not fitted on.
public final class HeadFile {

    private static final String FORMAT = "pointsman-head/1";
    private static final int LARGEST = 4 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private HeadFile() {}

    /// Reads the head in `file`.
    ///
    /// @throws InvalidHead where there is none that fits this version
    public static Head read(Path file) {
        try (var in = Files.newInputStream(file)) {
            return read(in, file.toString());
        } catch (IOException e) {
            throw new InvalidHead("cannot read the classifier head " + file + ": " + e);
        }
    }

    /// Reads a head from `in`, called `where` in messages.
    ///
    /// @throws InvalidHead where there is none that fits this version
    public static Head read(InputStream in, String where) {
        try {
            var bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new InvalidHead(
                        "the classifier head %s is larger than %d bytes".formatted(where, LARGEST));
            }
            return head(JSON.readTree(bytes), where);
        } catch (IOException e) {
            throw new InvalidHead("cannot read the classifier head " + where + ": " + e);
        } catch (JacksonException e) {
            throw new InvalidHead(
                    "the classifier head %s is not JSON: %s"
                            .formatted(where, e.getOriginalMessage()));
        } catch (IllegalArgumentException e) {
            throw new InvalidHead(
                    "the classifier head %s is damaged: %s".formatted(where, e.getMessage()));
        }
    }

    /// Writes `head` to `file`, with `metrics` for whoever reads it.
    public static void write(Head head, Map<String, Double> metrics, Path file) {
        var root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("features", FeatureSet.ID);
        var identity = head.identity();
        root.put("name", identity.name());
        root.put("weak", identity.weak());
        root.put("strong", identity.strong());
        root.put("rows", identity.rows());
        root.put("fingerprint", identity.fingerprint());
        var calibration = root.putObject("calibration");
        calibration.put("slope", head.calibration().slope());
        calibration.put("intercept", head.calibration().intercept());
        calibration.put("break-even", head.calibration().breakEven());
        var measured = root.putObject("metrics");
        metrics.forEach(measured::put);
        var weights = root.putObject("weights");
        weights.put("bias", head.weights().bias());
        packed(weights.putObject("usual"), head.weights().usual());
        packed(weights.putObject("structure"), head.weights().structure());
        packed(weights.putObject("ngrams"), head.weights().ngrams());
        try {
            Files.writeString(file, JSON.writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the head to " + file, e);
        }
    }

    private static Head head(JsonNode root, String where) {
        var format = text(root, "format", where);
        if (!format.equals(FORMAT)) {
            throw new InvalidHead(
                    "the classifier head %s has the format \"%s\", not \"%s\""
                            .formatted(where, shortened(format), FORMAT));
        }
        var features = text(root, "features", where);
        if (!features.equals(FeatureSet.ID)) {
            throw new InvalidHead(
                    "the classifier head %s was fitted on the features %s, but this version has %s: fit it again with `pointsman calibrate`"
                            .formatted(where, shortened(features), FeatureSet.ID));
        }
        var identity =
                new Head.Identity(
                        text(root, "name", where),
                        text(root, "weak", where),
                        text(root, "strong", where),
                        (int) number(root, "rows", where),
                        text(root, "fingerprint", where));
        var calibration = object(root, "calibration", where);
        var weights = object(root, "weights", where);
        return new Head(
                identity,
                new Head.Weights(
                        (float) number(weights, "bias", where),
                        unpacked(weights, "ngrams", FeatureSet.BUCKETS, where),
                        unpacked(weights, "structure", Encoding.LENGTH, where),
                        unpacked(weights, "usual", Structure.COUNT, where)),
                new Calibration(
                        number(calibration, "slope", where),
                        number(calibration, "intercept", where),
                        number(calibration, "break-even", where)));
    }

    private static void packed(tools.jackson.databind.node.ObjectNode node, float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = largest == 0 ? 1 : largest / Short.MAX_VALUE;
        var bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort((short) Math.round(value / scale));
        }
        node.put("scale", scale);
        node.put("values", Base64.getEncoder().encodeToString(bytes.array()));
    }

    private static float[] unpacked(JsonNode parent, String key, int length, String where) {
        var node = object(parent, key, where);
        float scale = (float) number(node, "scale", where);
        var bytes = Base64.getDecoder().decode(text(node, "values", where));
        if (bytes.length != length * Short.BYTES) {
            throw new InvalidHead(
                    "the classifier head %s has %d bytes of \"%s\" where %d are needed"
                            .formatted(where, bytes.length, key, length * Short.BYTES));
        }
        var shorts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = shorts.getShort() * scale;
        }
        return values;
    }

    private static JsonNode object(JsonNode parent, String key, String where) {
        var node = parent.path(key);
        if (!node.isObject()) {
            throw new InvalidHead(
                    "the classifier head %s lacks the object \"%s\"".formatted(where, key));
        }
        return node;
    }

    private static String text(JsonNode parent, String key, String where) {
        var node = parent.path(key);
        if (!node.isString()) {
            throw new InvalidHead(
                    "the classifier head %s lacks the text \"%s\"".formatted(where, key));
        }
        return node.stringValue();
    }

    private static double number(JsonNode parent, String key, String where) {
        var node = parent.path(key);
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw new InvalidHead(
                    "the classifier head %s lacks the number \"%s\"".formatted(where, key));
        }
        return node.doubleValue();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
