package io.pointsman.classifier.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads outcomes from JSON lines, plain or compressed (`.xz`, `.gz`).
///
/// A row has `prompt`, and `w` and `s` in [0, 1]; and where known `id`, `source`, `task`, `weak`,
/// `strong` and `reasoning_tokens`. Other fields are passed over; empty lines too.
public final class OutcomeFile {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MEMORY_KIB = 1 << 17;

    private OutcomeFile() {}

    /// All rows of `file`.
    ///
    /// @throws InvalidOutcomes naming the line of the first row that is wrong
    public static Outcomes read(Path file) {
        try (var in = open(file);
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return new Rows(file).read(lines);
        } catch (IOException e) {
            throw new InvalidOutcomes("cannot read the outcomes " + file + ": " + e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        var raw = Files.newInputStream(file);
        try {
            var name = file.toString();
            if (name.endsWith(".xz")) {
                return new XZInputStream(raw, MEMORY_KIB);
            }
            return name.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static final class Rows {

        private final Path file;
        private final Set<String> weak = new LinkedHashSet<>();
        private final Set<String> strong = new LinkedHashSet<>();
        private int number;

        Rows(Path file) {
            this.file = file;
        }

        Outcomes read(BufferedReader lines) throws IOException {
            var rows = new ArrayList<Outcome>();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(line));
                }
            }
            if (rows.isEmpty()) {
                throw new InvalidOutcomes(file + " has no rows");
            }
            return new Outcomes(named(weak, "weak"), named(strong, "strong"), rows);
        }

        private Outcome row(String line) {
            var node = parsed(line);
            var tokens = node.path("reasoning_tokens");
            name(node, "weak", weak);
            name(node, "strong", strong);
            return new Outcome(
                    optional(node, "id", "row-" + number),
                    optional(node, "source", ""),
                    optional(node, "task", ""),
                    prompt(node),
                    score(node, "w"),
                    score(node, "s"),
                    tokens.isIntegralNumber()
                            ? OptionalInt.of(Math.max(0, tokens.asInt(0)))
                            : OptionalInt.empty());
        }

        private JsonNode parsed(String line) {
            try {
                var node = JSON.readTree(line);
                if (!node.isObject()) {
                    throw wrong("is not a JSON object");
                }
                return node;
            } catch (JacksonException e) {
                throw wrong("is not JSON: " + e.getOriginalMessage());
            }
        }

        private String prompt(JsonNode node) {
            var prompt = node.path("prompt");
            if (!prompt.isString() || prompt.stringValue().isBlank()) {
                throw wrong("\"prompt\" must be a text");
            }
            return prompt.stringValue();
        }

        private double score(JsonNode node, String key) {
            var score = node.path(key);
            if (score.isBoolean()) {
                return score.asBoolean() ? 1 : 0;
            }
            if (!score.isNumber() || !(score.doubleValue() >= 0 && score.doubleValue() <= 1)) {
                throw wrong("\"" + key + "\" must be a number in [0, 1]");
            }
            return score.doubleValue();
        }

        private static String optional(JsonNode node, String key, String otherwise) {
            var value = node.path(key);
            return value.isValueNode() && !value.isNull() ? value.asString() : otherwise;
        }

        private static void name(JsonNode node, String key, Set<String> names) {
            var value = node.path(key);
            if (value.isString()) {
                names.add(value.stringValue());
            }
        }

        private static String named(Set<String> names, String otherwise) {
            return switch (names.size()) {
                case 0 -> otherwise;
                case 1 -> names.iterator().next();
                default -> "several";
            };
        }

        private InvalidOutcomes wrong(String what) {
            return new InvalidOutcomes("%s, line %d: %s".formatted(file, number, what));
        }
    }
}
