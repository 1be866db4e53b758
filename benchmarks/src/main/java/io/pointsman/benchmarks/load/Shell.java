package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Short commands, waited for.
final class Shell {

    private Shell() {}

    /// What `command` prints, with its errors. That it fails is the caller's to see in the text.
    static String output(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return text.strip();
    }

    /// That `file` is there and can be run, else `hint`.
    static Optional<String> executable(Path file, String hint) {
        return Files.isExecutable(file) ? Optional.empty() : Optional.of(hint);
    }
}
