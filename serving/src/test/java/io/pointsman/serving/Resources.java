package io.pointsman.serving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Reads test resources that lie beside this class.
public final class Resources {

    private Resources() {}

    public static InputStream stream(String name) {
        return Objects.requireNonNull(Resources.class.getResourceAsStream(name), name);
    }

    public static byte[] bytes(String name) {
        try (var stream = stream(name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }
}
