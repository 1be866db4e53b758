package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A process of the rig, bound to one core: a gateway, or the upstream. Immutable but for the
/// process; the destination without a gateway has none.
///
/// @param name in tables
/// @param headers that requests to it carry
/// @param model that requests ask for
record Running(
        String name,
        @Nullable Process process,
        int port,
        Map<String, String> headers,
        String model,
        boolean jvm,
        Path log)
        implements AutoCloseable {

    private static final Duration STARTING = Duration.ofMinutes(2);

    /// The upstream itself, without a gateway.
    static Running direct(int upstream) {
        return new Running("direct", null, upstream, Map.of(), "auto", false, Path.of(""));
    }

    /// Starts `proxy` on `core` and returns once it has answered a request.
    static Running start(Proxy proxy, Path folder, int core, int port, int upstream)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var start = proxy.start(folder, port, upstream);
        var log = folder.resolve("log.txt");
        var process = launch(core, start.command(), start.environment(), log);
        var running =
                new Running(
                        proxy.name(),
                        process,
                        port,
                        start.headers(),
                        start.model(),
                        start.jvm(),
                        log);
        try {
            running.awaitAnswer();
            return running;
        } catch (IOException | InterruptedException failed) {
            running.close();
            throw failed;
        }
    }

    /// Starts a command on `core`, its output in `log`.
    static Process launch(int core, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var bound = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        bound.addAll(command);
        var builder =
                new ProcessBuilder(bound).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + STARTING.toNanos();
        var said = "nothing";
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (System.nanoTime() < end && alive()) {
                try {
                    var answer = client.send(hello(), BodyHandlers.ofString());
                    if (answer.statusCode() == 200) {
                        return;
                    }
                    said = answer.statusCode() + " " + answer.body();
                } catch (IOException notYet) {
                    said = notYet.toString();
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IOException(
                "%s does not answer (it said: %s); see %s".formatted(name, said, log));
    }

    private HttpRequest hello() {
        var request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                        .timeout(Duration.ofSeconds(20))
                        .header("content-type", "application/json");
        headers.forEach(request::header);
        return request.POST(
                        HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\""
                                        + model
                                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"))
                .build();
    }

    private boolean alive() {
        return process == null || process.isAlive();
    }

    /// Its process; 0 for none.
    long pid() {
        return process == null ? 0 : process.pid();
    }

    /// CPU seconds so far.
    double cpuSeconds() throws IOException {
        return process == null ? 0 : Processes.HERE.cpuSeconds(process.pid());
    }

    /// CPU seconds that went into compiling; 0 for what is no JVM.
    double compilerSeconds() throws IOException {
        return jvm
                ? Processes.HERE.threadCpuSeconds(pid(), "C1 Compiler")
                        + Processes.HERE.threadCpuSeconds(pid(), "C2 Compiler")
                : 0;
    }

    /// Heap in use after a full collection; 0 for what is no JVM.
    long liveHeapBytes() throws IOException, InterruptedException {
        if (!jvm) {
            return 0;
        }
        jcmd("GC.run");
        return HeapInfo.usedBytes(jcmd("GC.heap_info"));
    }

    /// Runs a command of `jcmd` on it.
    String jcmd(String... command) throws IOException, InterruptedException {
        var all =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/jcmd",
                                Long.toString(pid())));
        all.addAll(List.of(command));
        return Shell.output(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        var family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                family.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException interrupted) {
            family.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
        family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }
}
