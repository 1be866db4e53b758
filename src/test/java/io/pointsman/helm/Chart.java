package io.pointsman.helm;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The chart in the source tree.
final class Chart {

    /// The folder of the whole source tree.
    static final Path ROOT = root();

    static final Path FOLDER = ROOT.resolve("helm");

    private Chart() {}

    /// The complete values in `ci/`, by the file's name.
    static Stream<Path> completeValues() throws IOException {
        try (var files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList().stream();
        }
    }

    /// What `helm lint` says of the chart with `values` over its own, in the empty `folder`; each
    /// message begins with its level.
    static List<String> lint(Map<String, Object> values, Path folder) throws IOException {
        copy(folder);
        var file = folder.resolve("values.yaml");
        Files.writeString(file, Yaml.write(Yaml.merged(Yaml.read(file), values)));
        return new Helm(folder).lint().call().getMessages();
    }

    private static void copy(Path folder) throws IOException {
        try (var files = Files.walk(FOLDER)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var copy = folder.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static Path root() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("helm/Chart.yaml"))) {
                return at;
            }
        }
        throw new UncheckedIOException(
                new IOException(
                        "there is no helm/Chart.yaml above " + Path.of("").toAbsolutePath()));
    }
}
