package io.pointsman.classifier.training;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads files of one JSON object a line, plain or compressed (`.xz`, `.gz`), with either kind of
/// line end and with or without a byte order mark. Empty lines are passed over.
public final class JsonLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MEMORY_KIB = 1 << 17;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private JsonLines() {}

    /// One line. Its messages name file and line and what is wrong, and never quote the text.
    ///
    /// @param file it is in
    /// @param number counted from 1
    /// @param node the object
    public record Line(Path file, int number, JsonNode node) {

        /// The text called `key`.
        ///
        /// @throws InvalidOutcomes where it is absent, blank or no text
        public String text(String key) {
            var value = node.path(key);
            if (!value.isString() || value.stringValue().isBlank()) {
                throw wrong("\"" + key + "\" must be a text");
            }
            return value.stringValue();
        }

        /// The value called `key` as text; `otherwise` where it is absent, null or no plain value.
        public String text(String key, String otherwise) {
            var value = node.path(key);
            return value.isValueNode() && !value.isNull() ? value.asString() : otherwise;
        }

        /// The number in [0, 1] called `key`; false and true are 0 and 1.
        ///
        /// @throws InvalidOutcomes where it is anything else
        public double share(String key) {
            var value = node.path(key);
            if (value.isBoolean()) {
                return value.asBoolean() ? 1 : 0;
            }
            // What no double holds is out of range too.
            double share = value.isNumber() ? value.asDouble(Double.NaN) : Double.NaN;
            if (!(share >= 0 && share <= 1)) {
                throw wrong("\"" + key + "\" must be a number in [0, 1]");
            }
            return share;
        }

        /// The whole number called `key`, negative ones taken as 0; empty where there is none.
        public OptionalInt count(String key) {
            var value = node.path(key);
            return value.isIntegralNumber()
                    ? OptionalInt.of(Math.max(0, value.asInt(0)))
                    : OptionalInt.empty();
        }

        /// What is wrong with this line.
        public InvalidOutcomes wrong(String what) {
            return new InvalidOutcomes("%s, line %d: %s".formatted(file, number, what));
        }
    }

    /// What `reader` makes of each line of `file`, in their order; never empty.
    ///
    /// @throws InvalidOutcomes where the file cannot be read, has no rows, or a line is no object
    public static <T> List<T> read(Path file, Function<Line, T> reader) {
        var rows = new ArrayList<T>();
        try (var in = open(file);
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            int number = 0;
            for (var text = lines.readLine(); text != null; text = lines.readLine()) {
                number++;
                if (number == 1 && text.startsWith(BYTE_ORDER_MARK)) {
                    text = text.substring(1);
                }
                if (!text.isBlank()) {
                    rows.add(reader.apply(parsed(file, number, text)));
                }
            }
        } catch (NoSuchFileException e) {
            throw new InvalidOutcomes("there is no file " + file);
        } catch (EOFException e) {
            throw new InvalidOutcomes(
                    "cannot read the outcomes %s: the compressed file is cut off; copy or compress it again"
                            .formatted(file));
        } catch (IOException e) {
            throw new InvalidOutcomes("cannot read the outcomes " + file + ": " + e);
        }
        if (rows.isEmpty()) {
            throw new InvalidOutcomes(file + " has no rows");
        }
        return rows;
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

    private static Line parsed(Path file, int number, String text) {
        try {
            var line = new Line(file, number, JSON.readTree(text));
            if (!line.node().isObject()) {
                throw line.wrong("is not a JSON object");
            }
            return line;
        } catch (JacksonException e) {
            throw new InvalidOutcomes(
                    "%s, line %d: is not JSON%s".formatted(file, number, column(e)));
        }
    }

    /// Where in the line; the parser's own words may quote it.
    private static String column(JacksonException e) {
        var location = e.getLocation();
        return location == null ? "" : ", at column " + location.getColumnNr();
    }
}
