package io.pointsman.classifier.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Writes what an evaluation yields beside its tables.
public final class OutputFile {

    private OutputFile() {}

    /// Writes `text`, called `what` in messages, to `file`.
    ///
    /// @throws UncheckedIOException whose message names the file and why it cannot be written
    public static void write(String what, String text, Path file) {
        try {
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write the %s to %s: %s".formatted(what, file, reason(e, file)), e);
        }
    }

    private static String reason(IOException e, Path file) {
        return switch (e) {
            case NoSuchFileException _ -> "its folder does not exist";
            case AccessDeniedException _ -> "permission denied";
            case IOException _ when Files.isDirectory(file) -> "it is a folder";
            case IOException _ -> e.toString();
        };
    }

    /// `value` as a field of a CSV file (RFC 4180).
    static String quoted(String value) {
        return value.chars().anyMatch(OutputFile::needsQuotes)
                ? '"' + value.replace("\"", "\"\"") + '"'
                : value;
    }

    private static boolean needsQuotes(int character) {
        return character == ',' || character == '"' || Character.isWhitespace(character);
    }
}
