package io.pointsman.benchmarks.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The processes of a run: the upstream and this generator on the second core, the gateways on the
/// first. Confined to the thread of the command.
final class Rig implements AutoCloseable {

    private static final int GATEWAYS = 0;
    private static final int REST = 1;
    private static final int UPSTREAM_PORT = 18000;
    private static final int FIRST_PORT = 18100;

    private final Path folder;
    private final Process upstream;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Running> running = Collections.synchronizedMap(new LinkedHashMap<>());

    private Rig(Path folder, Process upstream) {
        this.folder = folder;
        this.upstream = upstream;
    }

    /// Starts the upstream and binds this process.
    static Rig open(Path root, Path folder) throws Exception {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IOException(
                    "the load rig needs two cores: one for the gateway alone, one for the rest");
        }
        Files.createDirectories(folder);
        Shell.output(
                "taskset",
                "-a",
                "-c",
                "-p",
                Integer.toString(REST),
                Long.toString(ProcessHandle.current().pid()));
        var upstream =
                Running.launch(
                        REST,
                        List.of(
                                root.resolve("bin/bench").toString(),
                                "upstream",
                                "--port",
                                Integer.toString(UPSTREAM_PORT)),
                        Map.of(),
                        folder.resolve("upstream.log"));
        var rig = new Rig(folder, upstream);
        // Whoever interrupts a run must not be left with its processes.
        Runtime.getRuntime().addShutdownHook(new Thread(rig::stopAll));
        rig.running.put("direct", Running.direct(UPSTREAM_PORT));
        try {
            rig.awaitUpstream();
        } catch (IOException | InterruptedException failed) {
            rig.close();
            throw failed;
        }
        return rig;
    }

    private void awaitUpstream() throws IOException, InterruptedException {
        for (int i = 0; i < 100 && upstream.isAlive(); i++) {
            try {
                stats();
                return;
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IOException("the upstream does not start; see " + folder.resolve("upstream.log"));
    }

    /// Starts `proxy`.
    Running start(Proxy proxy) throws IOException, InterruptedException {
        behave(Behaviour.instant(4));
        int port = FIRST_PORT + 10 * running.size();
        var started =
                Running.start(
                        proxy,
                        folder.resolve(proxy.name()).toAbsolutePath(),
                        GATEWAYS,
                        port,
                        UPSTREAM_PORT);
        running.put(proxy.name(), started);
        return started;
    }

    /// The one of that name, `direct` for no gateway; null if it does not run.
    @Nullable Running running(String name) {
        return running.get(name);
    }

    /// All that run, the way without a gateway first.
    List<Running> all() {
        return List.copyOf(running.values());
    }

    /// Tells the upstream what to do from now on.
    void behave(Behaviour behaviour) throws IOException, InterruptedException {
        call("/rig/behaviour?" + behaviour.query());
    }

    /// The upstream's counters, as JSON.
    String stats() throws IOException, InterruptedException {
        return call("/rig/stats");
    }

    private String call(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + UPSTREAM_PORT + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /// A generator of `shape` towards `to`.
    Generator generator(Running to, Shape shape) {
        return new Generator(
                group.next(),
                to.port(),
                new ChatRequests(to.port(), to.headers(), to.model(), shape.size(), shape.stream()),
                shape.stamps());
    }

    /// CPU seconds of the rig's own processes but the gateways.
    double ownCpuSeconds() throws IOException {
        return Processes.HERE.cpuSeconds(upstream.pid())
                + ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos()
                        / 1e9;
    }

    private void stopAll() {
        running.values().forEach(Running::close);
        upstream.destroy();
    }

    @Override
    public void close() {
        stopAll();
        http.close();
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
