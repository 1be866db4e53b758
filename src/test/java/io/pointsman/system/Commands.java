package io.pointsman.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts `bin/pointsman` as a user types it: a process of its own from the packaged jar.
final class Commands {

    /// What a process with SIGTERM ends with: 128 and the signal's number.
    static final int TERMINATED = 128 + 15;

    private static final Path ROOT = root();

    private Commands() {}

    /// `bin/pointsman` with `arguments` in a folder, with an environment of nothing of ours.
    static ProcessBuilder commandIn(Path folder, String... arguments) {
        assertThat(ROOT.resolve("gateway/target/pointsman-app.jar"))
                .as("the packaged gateway, which `make build` makes")
                .exists();
        var words =
                Stream.concat(
                                Stream.of(ROOT.resolve("bin/pointsman").toString()),
                                Stream.of(arguments))
                        .toList();
        var builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("POINTSMAN_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /// What a command says that succeeds.
    static String finished(ProcessBuilder command) throws Exception {
        return ended(command, 0);
    }

    /// What a command says that ends with this status.
    static String ended(ProcessBuilder command, int status) throws Exception {
        var process = command.start();
        try (var out = process.inputReader(UTF_8)) {
            var said = text(out);
            assertThat(process.waitFor()).as(said).isEqualTo(status);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    static String text(BufferedReader out) {
        return out.lines().collect(Collectors.joining("\n"));
    }

    /// The lines up to the one that contains `last`, or to the end.
    static String until(BufferedReader out, String last) throws IOException {
        var said = new StringBuilder();
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            if (line.contains(last)) {
                return said.toString();
            }
        }
        throw new AssertionError("it ended and said: " + said);
    }

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .takeWhile(it -> it != null)
                .filter(it -> Files.exists(it.resolve("bin/pointsman")))
                .findFirst()
                .orElseThrow();
    }
}
