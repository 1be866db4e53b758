package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.policies.yaml.Position;
import io.pointsman.policies.yaml.Problem;
import io.pointsman.policies.yaml.YamlFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads `pointsman.yaml`.
public final class GatewayConfigLoader {

    private static final String BUILT_IN = "default.yaml";

    private GatewayConfigLoader() {}

    /// Reads `file`; paths in it start at its folder.
    ///
    /// @throws ConfigException with all that is wrong
    public static GatewayConfig load(Path file) {
        return parse(file.toString(), text(file));
    }

    /// Reads `text`, which errors call `fileName`; paths in it start at that file's folder.
    ///
    /// @throws ConfigException with all that is wrong
    public static GatewayConfig parse(String fileName, String text) {
        var folder = Optional.ofNullable(Path.of(fileName).getParent()).orElse(Path.of(""));
        var reader = new ConfigReader(folder, GatewayConfigLoader::builtIn);
        return YamlFile.read(fileName, text, reader::read);
    }

    /// The configuration where there is no file: the two bundled models.
    public static GatewayConfig builtIn() {
        return parse(BUILT_IN, builtInText());
    }

    /// The text of [#builtIn], to start a file of one's own from.
    public static String builtInText() {
        try (var in =
                Objects.requireNonNull(
                        GatewayConfigLoader.class.getResourceAsStream(BUILT_IN), BUILT_IN)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > 4L * YamlFile.MAX_LENGTH) {
                throw unreadable(file, "is too long for a configuration");
            }
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            throw unreadable(file, "there is no such file");
        } catch (CharacterCodingException _) {
            throw unreadable(file, "is not UTF-8");
        } catch (IOException e) {
            throw unreadable(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static ConfigException unreadable(Path file, String what) {
        return new ConfigException(List.of(new Problem(Position.of(file.toString()), what)));
    }
}
