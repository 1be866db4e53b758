package io.pointsman.classifier;

import io.pointsman.classifier.features.FeatureSet;
import io.pointsman.classifier.features.Structure;
import io.pointsman.classifier.memory.Sketch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The file format of a [Head]: one JSON object, its lists of numbers as base64 of deflated
/// little-endian bytes; weights are 16-bit integers with a common scale.
///
/// The object names the format's version and the [FeatureSet], so that a head is never applied to
/// features that it was not fitted on.
public final class HeadFile {

    private static final String FORMAT = "pointsman-head/2";
    private static final int LARGEST = 8 << 20;
    private static final int MOST_NODES = 1 << 16;
    private static final int MOST_KNOWN = 1 << 14;
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
            return new Reader(where).head(JSON.readTree(bytes));
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
        var spread = root.putObject("spread");
        spread.put("known", head.spread().known());
        spread.put("novel", head.spread().novel());
        spread.put("near", head.spread().near());
        spread.put("far", head.spread().far());
        var measured = root.putObject("metrics");
        new TreeMap<>(metrics).forEach(measured::put);
        var gap = root.putObject("gap");
        weights(gap.putObject("usual"), head.gap().usual());
        linear(gap.putObject("linear"), head.gap().linear());
        trees(gap.putObject("trees"), head.gap().trees());
        linear(root.putObject("reasoner"), head.reasoner());
        head.thinking().ifPresent(model -> linear(root.putObject("thinking"), model));
        weights(root.putObject("percentiles"), head.percentiles());
        root.put("known", packed(sketches(head.known())));
        try {
            Files.writeString(file, JSON.writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the head to " + file, e);
        }
    }

    private static void linear(ObjectNode node, LinearModel model) {
        node.put("bias", model.bias());
        weights(node, model.weights());
    }

    private static void weights(ObjectNode node, float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = largest == 0 ? 1 : largest / Short.MAX_VALUE;
        var bytes = bytes(values.length * Short.BYTES);
        for (float value : values) {
            bytes.putShort((short) Math.round(value / scale));
        }
        node.put("scale", scale);
        node.put("values", packed(bytes));
    }

    private static void trees(ObjectNode node, TreeModel model) {
        int nodes = model.features().length;
        node.put("trees", model.roots().length);
        node.put("nodes", nodes);
        var bytes = bytes(treeBytes(model.roots().length, nodes));
        for (int root : model.roots()) {
            bytes.putInt(root);
        }
        bytes.put(model.features());
        for (int i = 0; i < nodes; i++) {
            bytes.putInt(model.lefts()[i]);
            bytes.putFloat(model.thresholds()[i]);
            bytes.putFloat(model.values()[i]);
        }
        node.put("values", packed(bytes));
    }

    private static int treeBytes(int trees, int nodes) {
        return trees * Integer.BYTES + nodes * (1 + Integer.BYTES + 2 * Float.BYTES);
    }

    private static ByteBuffer sketches(List<Sketch> sketches) {
        int size = Integer.BYTES;
        for (var sketch : sketches) {
            size += 1 + sketch.buckets().length * Character.BYTES;
        }
        var bytes = bytes(size).putInt(sketches.size());
        for (var sketch : sketches) {
            bytes.put((byte) sketch.buckets().length);
            for (char bucket : sketch.buckets()) {
                bytes.putChar(bucket);
            }
        }
        return bytes;
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String packed(ByteBuffer bytes) {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes.flip());
            deflater.finish();
            var packed = new ByteArrayOutputStream();
            var buffer = new byte[1 << 14];
            while (!deflater.finished()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
            return Base64.getEncoder().encodeToString(packed.toByteArray());
        } finally {
            deflater.end();
        }
    }

    /// Reads the parts of a head, and says of which file something is missing.
    private record Reader(String where) {

        Head head(JsonNode root) {
            var format = text(root, "format");
            if (!format.equals(FORMAT)) {
                throw wrong(
                        "has the format \"%s\", not \"%s\": fit it again with `pointsman calibrate`"
                                .formatted(shortened(format), FORMAT));
            }
            var features = text(root, "features");
            if (!features.equals(FeatureSet.ID)) {
                throw wrong(
                        "was fitted on the features %s, but this version has %s: fit it again with `pointsman calibrate`"
                                .formatted(shortened(features), FeatureSet.ID));
            }
            var gap = object(root, "gap");
            return new Head(
                    new Head.Identity(
                            text(root, "name"),
                            text(root, "weak"),
                            text(root, "strong"),
                            (int) number(root, "rows"),
                            text(root, "fingerprint")),
                    new GapModel(
                            linear(object(gap, "linear")),
                            trees(object(gap, "trees")),
                            weights(object(gap, "usual"), Structure.COUNT)),
                    linear(object(root, "reasoner")),
                    root.has("thinking")
                            ? Optional.of(linear(object(root, "thinking")))
                            : Optional.empty(),
                    calibration(object(root, "calibration")),
                    spread(object(root, "spread")),
                    weights(object(root, "percentiles"), Head.PERCENTILES),
                    sketches(root));
        }

        private Calibration calibration(JsonNode node) {
            return new Calibration(
                    number(node, "slope"), number(node, "intercept"), number(node, "break-even"));
        }

        private Spread spread(JsonNode node) {
            return new Spread(
                    number(node, "known"),
                    number(node, "novel"),
                    number(node, "near"),
                    number(node, "far"));
        }

        private LinearModel linear(JsonNode node) {
            return new LinearModel((float) number(node, "bias"), weights(node, LinearModel.LENGTH));
        }

        private float[] weights(JsonNode node, int length) {
            float scale = (float) number(node, "scale");
            var bytes = unpacked(node, "values", length * Short.BYTES);
            var values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = bytes.getShort() * scale;
            }
            return values;
        }

        private TreeModel trees(JsonNode node) {
            int trees = count(node, "trees");
            int nodes = count(node, "nodes");
            var bytes = unpacked(node, "values", treeBytes(trees, nodes));
            var roots = new int[trees];
            for (int i = 0; i < trees; i++) {
                roots[i] = bytes.getInt();
            }
            var features = new byte[nodes];
            bytes.get(features);
            var lefts = new int[nodes];
            var thresholds = new float[nodes];
            var values = new float[nodes];
            for (int i = 0; i < nodes; i++) {
                lefts[i] = bytes.getInt();
                thresholds[i] = bytes.getFloat();
                values[i] = bytes.getFloat();
            }
            return new TreeModel(roots, features, thresholds, lefts, values);
        }

        private int count(JsonNode node, String key) {
            double count = number(node, key);
            if (!(count >= 0 && count <= MOST_NODES)) {
                throw wrong("cannot have %s \"%s\"".formatted(count, key));
            }
            return (int) count;
        }

        private List<Sketch> sketches(JsonNode root) {
            int most = Integer.BYTES + MOST_KNOWN * (1 + Sketch.LONGEST * Character.BYTES);
            var bytes = inflated(root, "known", most);
            if (bytes.remaining() < Integer.BYTES) {
                throw wrong("lacks the known prompts");
            }
            int count = bytes.getInt();
            var sketches = new ArrayList<Sketch>();
            for (int i = 0; i < count; i++) {
                int length = bytes.hasRemaining() ? bytes.get() : -1;
                if (length < 0 || bytes.remaining() < length * Character.BYTES) {
                    throw wrong("has fewer known prompts than it says");
                }
                var buckets = new char[length];
                for (int j = 0; j < length; j++) {
                    buckets[j] = bytes.getChar();
                }
                sketches.add(new Sketch(buckets));
            }
            return sketches;
        }

        private ByteBuffer unpacked(JsonNode parent, String key, int length) {
            var bytes = inflated(parent, key, length);
            if (bytes.remaining() != length) {
                throw wrong(
                        "has %d bytes of \"%s\" where %d are needed"
                                .formatted(bytes.remaining(), key, length));
            }
            return bytes;
        }

        /// At most `most` bytes and one.
        private ByteBuffer inflated(JsonNode parent, String key, int most) {
            var inflater = new Inflater();
            try {
                inflater.setInput(Base64.getDecoder().decode(text(parent, key)));
                var bytes = new ByteArrayOutputStream();
                var buffer = new byte[1 << 14];
                while (!inflater.finished() && bytes.size() <= most) {
                    int read = inflater.inflate(buffer);
                    if (read == 0 && !inflater.finished()) {
                        throw wrong("ends too soon in \"" + key + "\"");
                    }
                    bytes.write(buffer, 0, read);
                }
                return ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            } catch (DataFormatException e) {
                throw wrong("is damaged in \"" + key + "\"");
            } finally {
                inflater.end();
            }
        }

        private JsonNode object(JsonNode parent, String key) {
            var node = parent.path(key);
            if (!node.isObject()) {
                throw wrong("lacks the object \"%s\"".formatted(key));
            }
            return node;
        }

        private String text(JsonNode parent, String key) {
            var node = parent.path(key);
            if (!node.isString()) {
                throw wrong("lacks the text \"%s\"".formatted(key));
            }
            return node.stringValue();
        }

        private double number(JsonNode parent, String key) {
            var node = parent.path(key);
            if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
                throw wrong("lacks the number \"%s\"".formatted(key));
            }
            return node.doubleValue();
        }

        private InvalidHead wrong(String what) {
            return new InvalidHead("the classifier head " + where + " " + what);
        }

        private static String shortened(String text) {
            return text.length() <= 40 ? text : text.substring(0, 40) + "...";
        }
    }
}
