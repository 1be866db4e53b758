package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench load`: the gateways beside each other, in turns, round by round.
@Command(
        name = "load",
        description = {
            "Measures gateways between a simulated upstream and an open-loop generator.",
            "What is not installed is left out: benchmarks/peers/install.sh installs all of it."
        },
        mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {

    private static final List<Integer> SIZES = List.of(1000, 10_000, 100_000);
    private static final int CONNECTIONS = 64;
    private static final Duration TOKEN = Duration.ofMillis(10);

    @Option(
            names = "--contenders",
            split = ",",
            paramLabel = "NAME",
            description =
                    "some of nginx, pointsman, scg, portkey, litellm; default: all that are installed")
    private List<String> contenders = new ArrayList<>();

    @Option(
            names = "--scenarios",
            split = ",",
            paramLabel = "NAME",
            description =
                    "some of saturate-plain, saturate-stream, steady-plain, steady-stream, memory;"
                            + " default: all")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = "--quick",
            description =
                    "nginx and pointsman saturated by requests of 1 KB only, in a minute and a half")
    private boolean quick;

    @Option(
            names = "--profile",
            description =
                    "samples pointsman's CPU in an interval of its own after each saturated scenario")
    private boolean profile;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "of which the median counts; default: ${DEFAULT-VALUE}")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "of each measured interval; default: ${DEFAULT-VALUE}")
    private double seconds = 4;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "BYTES",
            description = "of requests; default: 1000,10000,100000")
    private List<Integer> sizes = new ArrayList<>();

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "open at a time for the memory; default: ${DEFAULT-VALUE}")
    private int streams = 2000;

    @Option(names = "--out", paramLabel = "FOLDER", description = "default: ${DEFAULT-VALUE}")
    private Path out = Path.of("benchmarks/target/load");

    @Option(
            names = "--peers",
            paramLabel = "FOLDER",
            defaultValue = "${env:POINTSMAN_PEERS:-benchmarks/target/peers}",
            description = "where install.sh has put them; default: ${DEFAULT-VALUE}")
    private Path peers = Path.of("benchmarks/target/peers");

    private final Report report = new Report();

    /// Streams at a time that use most of a gateway's core.
    private final Map<String, Integer> balanced = new HashMap<>();

    private final Set<String> warm = new HashSet<>();

    /// For picocli.
    public LoadCommand() {}

    @Override
    public Integer call() throws Exception {
        if (quick) {
            contenders = contenders.isEmpty() ? List.of("nginx", "pointsman") : contenders;
            scenarios =
                    scenarios.isEmpty() ? List.of("saturate-plain", "saturate-stream") : scenarios;
            seconds = Math.min(seconds, 3);
        }
        if (sizes.isEmpty()) {
            sizes = quick ? SIZES.subList(0, 1) : SIZES;
        }
        Files.createDirectories(out);
        try (var rig = Rig.open(Path.of("").toAbsolutePath(), out)) {
            start(rig);
            for (int size : sizes) {
                saturate(rig, Shape.plain(size), "saturate-plain");
            }
            for (int size : sizes) {
                saturate(rig, Shape.stream(size), "saturate-stream");
            }
            for (int size : sizes) {
                steady(rig, Shape.plain(size), "steady-plain", 200);
            }
            for (int size : sizes) {
                steady(rig, Shape.stream(size), "steady-stream", 10);
            }
            memory(rig);
        }
        report.write(out);
        System.out.println();
        System.out.println(report.markdown());
        System.out.println("written to " + out.resolve("report.md"));
        return 0;
    }

    private void start(Rig rig) throws IOException, InterruptedException {
        var known = Proxy.all(Path.of("").toAbsolutePath(), peers.toAbsolutePath());
        for (var name : contenders) {
            if (known.stream().noneMatch(proxy -> proxy.name().equals(name))) {
                throw new IllegalArgumentException(
                        "--contenders: none is named "
                                + name
                                + ": nginx, pointsman, scg, portkey, litellm");
            }
        }
        for (var proxy : known) {
            if (!contenders.isEmpty() && !contenders.contains(proxy.name())) {
                continue;
            }
            var missing = proxy.missing();
            if (missing.isPresent()) {
                report.absent(proxy.name(), missing.get());
                say(proxy.name() + " is absent: " + missing.get());
                continue;
            }
            try {
                rig.start(proxy);
                report.version(proxy.name(), proxy.version());
                say("started " + proxy.name());
            } catch (IOException failed) {
                report.absent(proxy.name(), "did not start");
                say(String.valueOf(failed.getMessage()));
            }
        }
    }

    private boolean wanted(String scenario) {
        return scenarios.isEmpty() || scenarios.contains(scenario);
    }

    private void saturate(Rig rig, Shape shape, String scenario) throws Exception {
        if (!wanted(scenario)) {
            return;
        }
        rig.behave(
                shape.stream()
                        ? Behaviour.paced(shape.tokens(), TOKEN, TOKEN)
                        : Behaviour.instant(shape.tokens()));
        var name = "saturate " + shape;
        inTurns(
                rig,
                name,
                false,
                (running, round) -> {
                    try (var meter = new Meter(rig, running, shape, name)) {
                        if (shape.stream()) {
                            streams(meter, running);
                        } else {
                            meter.closed(CONNECTIONS);
                            warmUp(meter, running, name);
                            TimeUnit.SECONDS.sleep(1);
                        }
                        var cell = meter.measure(seconds);
                        if (profile && round == rounds && running.name().equals("pointsman")) {
                            profile(meter, running, name);
                        }
                        complain(meter, cell);
                        return cell;
                    }
                });
    }

    private void streams(Meter meter, Running running) throws Exception {
        long length = 64 * TOKEN.toMillis();
        var known = balanced.get(running.name());
        if (known == null) {
            meter.ramp(running.jvm() || running.name().equals("nginx") ? 100 : 8, length);
            warmUp(meter, running, "streams");
            balanced.put(running.name(), meter.balance(8, length));
        } else {
            meter.ramp(known, length);
            TimeUnit.MILLISECONDS.sleep(length);
        }
    }

    private void warmUp(Meter meter, Running running, String key) throws Exception {
        if (warm.add(running.name() + " " + key)) {
            boolean first = warm.add(running.name());
            if (running.jvm()) {
                meter.warm(3, first ? 9 : 3, first ? 60 : 20);
            } else {
                meter.warm(1, 1, 2);
            }
        }
    }

    private void profile(Meter meter, Running running, String name) throws Exception {
        Flame.begin(running);
        var cell = meter.measure(10);
        var file = "flame-" + name.replace(' ', '-');
        var top = Flame.end(running, out, file);
        System.out.println();
        System.out.println(
                "pointsman, " + name + ", sampled while " + Report.number(cell.cpu()) + " µs each");
        System.out.println(top);
        say("flame graph: " + out.resolve(file + ".html"));
    }

    private static void complain(Meter meter, Cell cell) throws Exception {
        if (cell.failures() > 0) {
            say(
                    "%s, %s: %.1f %% failed or ended early; the last refusal: %s"
                            .formatted(
                                    cell.scenario(),
                                    cell.proxy(),
                                    100 * cell.failures(),
                                    meter.lastRefusal()));
        }
    }

    private void steady(Rig rig, Shape shape, String scenario, double perSecond) throws Exception {
        if (!wanted(scenario)) {
            return;
        }
        rig.behave(
                shape.stream()
                        ? Behaviour.paced(
                                        shape.tokens(),
                                        Duration.ofMillis(100),
                                        Duration.ofMillis(20))
                                .spread(0.5)
                        : Behaviour.instant(shape.tokens()));
        var name = "steady " + shape;
        inTurns(
                rig,
                name,
                true,
                (running, round) -> {
                    try (var meter = new Meter(rig, running, shape, name)) {
                        meter.open(perSecond);
                        meter.measure(round == 1 && running.jvm() ? 4 : 2);
                        var cell = meter.measure(Math.max(seconds, 5));
                        complain(meter, cell);
                        return cell;
                    }
                });
    }

    private interface Turn {
        Cell measure(Running running, int round) throws Exception;
    }

    private void inTurns(Rig rig, String name, boolean direct, Turn turn) throws Exception {
        var cells = new LinkedHashMap<String, List<Cell>>();
        for (int round = 1; round <= rounds; round++) {
            for (var running : rig.all()) {
                if (!direct && running.pid() == 0) {
                    continue;
                }
                var cell = turn.measure(running, round);
                cells.computeIfAbsent(running.name(), _ -> new ArrayList<>()).add(cell);
                say(
                        "%s, round %d, %s: %s µs CPU, %s/s, core %.0f %%, p50 %s µs, others %.2f"
                                .formatted(
                                        name,
                                        round,
                                        running.name(),
                                        Report.number(cell.cpu()),
                                        Report.number(cell.perSecond()),
                                        100 * cell.core(),
                                        Report.number(cell.p50()),
                                        cell.others()));
            }
        }
        cells.values().forEach(each -> report.add(Cell.median(each)));
        report.write(out);
    }

    private void memory(Rig rig) throws Exception {
        if (!wanted("memory")) {
            return;
        }
        var shape = new Shape(true, 1000, 1000);
        for (var running : rig.all()) {
            if (running.pid() == 0 || running.name().equals("litellm")) {
                continue;
            }
            rig.behave(
                    Behaviour.paced(shape.tokens(), Duration.ofMillis(10), Duration.ofSeconds(5)));
            long heap = running.liveHeapBytes();
            long resident = Processes.HERE.residentBytes(running.pid());
            try (var meter = new Meter(rig, running, shape, "memory")) {
                meter.ramp(streams, 8000);
                var cell = meter.measure(8);
                long heapEach = running.liveHeapBytes() - heap;
                long residentEach = Processes.HERE.residentBytes(running.pid()) - resident;
                var stats = rig.stats();
                report.add(
                        new Report.Memory(
                                running.name(),
                                streams,
                                (double) residentEach / streams,
                                (double) heapEach / streams,
                                Math.round(cell.failures() * streams)));
                say(
                        "memory, %s: %s KB resident, %s KB of heap each; upstream: %s"
                                .formatted(
                                        running.name(),
                                        Report.number(residentEach / 1024.0 / streams),
                                        Report.number(heapEach / 1024.0 / streams),
                                        stats));
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static void say(String text) {
        System.out.printf("[%tT] %s%n", System.currentTimeMillis(), text);
    }
}
