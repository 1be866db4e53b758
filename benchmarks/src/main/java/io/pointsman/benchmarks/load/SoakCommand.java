package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench soak`: one gateway under a moderate load of plain calls and streams in which some clients
/// hang up and some upstream calls fail, watched for what grows.
@Command(
        name = "soak",
        description = "Watches a gateway's memory, connections and descriptors under failures.",
        mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {

    private static final double MEGABYTE = 1 << 20;

    /// What a gateway holds at a moment.
    private record Sample(double minutes, double resident, double heap, int open, int sockets) {}

    @Option(names = "--contender", paramLabel = "NAME", description = "default: ${DEFAULT-VALUE}")
    private String contender = "pointsman";

    @Option(names = "--minutes", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private double minutes = 10;

    @Option(
            names = "--plain",
            paramLabel = "N",
            description = "plain calls a second; default: ${DEFAULT-VALUE}")
    private double plain = 60;

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "streams a second; default: ${DEFAULT-VALUE}")
    private double streams = 40;

    @Option(
            names = "--aborts",
            paramLabel = "SHARE",
            description = "of requests that the client gives up; default: ${DEFAULT-VALUE}")
    private double aborts = 0.05;

    @Option(
            names = "--failures",
            paramLabel = "SHARE",
            description =
                    "of upstream calls that fail, half by a 503 and half in mid-answer; default:"
                            + " ${DEFAULT-VALUE}")
    private double failures = 0.05;

    @Option(names = "--out", paramLabel = "FOLDER", description = "default: ${DEFAULT-VALUE}")
    private Path out = Path.of("benchmarks/target/load");

    @Option(
            names = "--peers",
            paramLabel = "FOLDER",
            defaultValue = "${env:POINTSMAN_PEERS:-benchmarks/target/peers}",
            description = "where install.sh has put them; default: ${DEFAULT-VALUE}")
    private Path peers = Path.of("benchmarks/target/peers");

    private final List<Sample> samples = new ArrayList<>();

    /// For picocli.
    public SoakCommand() {}

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(out);
        var root = Path.of("").toAbsolutePath();
        var proxy =
                Proxy.all(root, peers.toAbsolutePath()).stream()
                        .filter(it -> it.name().equals(contender))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "--contender: none is named " + contender));
        try (var rig = Rig.open(root, out)) {
            var running = rig.start(proxy);
            rig.behave(
                    Behaviour.paced(64, Duration.ofMillis(50), Duration.ofMillis(10))
                            .spread(0.5)
                            .failing(failures / 2, failures / 2));
            var seen = soak(rig, running);
            TimeUnit.SECONDS.sleep(3);
            var text = report(seen, rig.stats(), Processes.HERE.sockets(running.pid()));
            Files.writeString(out.resolve("soak.md"), text);
            System.out.println(text);
        }
        return 0;
    }

    private Figures soak(Rig rig, Running running) throws Exception {
        var seen = new Figures();
        try (var plainCalls = rig.generator(running, new Shape(false, 1000, 64));
                var streamCalls = rig.generator(running, new Shape(true, 1000, 64))) {
            plainCalls.abort(aborts);
            streamCalls.abort(aborts);
            plainCalls.openLoop(plain);
            streamCalls.openLoop(streams);
            long start = System.nanoTime();
            double passed = 0;
            while (passed < minutes) {
                TimeUnit.SECONDS.sleep(10);
                passed = (System.nanoTime() - start) / 60e9;
                var sample = sample(running, passed);
                samples.add(sample);
                seen.add(plainCalls.take());
                seen.add(streamCalls.take());
                System.out.printf(
                        Locale.ROOT,
                        "%5.1f min: %.0f MB resident, %.1f MB of live heap, %d descriptors, %d sockets; %d answered, %d failed, %d truncated, %d aborted%n",
                        passed,
                        sample.resident,
                        sample.heap,
                        sample.open,
                        sample.sockets,
                        seen.completed,
                        seen.failed,
                        seen.truncated,
                        seen.aborted);
            }
        }
        return seen;
    }

    private static Sample sample(Running running, double passed)
            throws IOException, InterruptedException {
        double heap = running.liveHeapBytes() / MEGABYTE;
        return new Sample(
                passed,
                Processes.HERE.residentBytes(running.pid()) / MEGABYTE,
                heap,
                Processes.HERE.descriptors(running.pid()),
                Processes.HERE.sockets(running.pid()));
    }

    private String report(Figures seen, String upstream, int socketsAfter) {
        return """
        ## Soak

        %s, %.1f minutes of %.0f plain calls and %.0f streams a second, %.0f %% given up by the client, %.0f %% failing upstream.

        | | mean | a minute, after the first fifth |
        |---|---:|---:|
        | resident, MB | %s |
        | live heap, MB | %s |
        | descriptors | %s |
        | sockets | %s |

        Answered %d, refused or failed %d, truncated %d, given up %d. Three seconds after the end: %d sockets; the upstream says %s.
        """
                .formatted(
                        contender,
                        minutes,
                        plain,
                        streams,
                        100 * aborts,
                        100 * failures,
                        trend(Sample::resident),
                        trend(Sample::heap),
                        trend(Sample::open),
                        trend(Sample::sockets),
                        seen.completed,
                        seen.failed,
                        seen.truncated,
                        seen.aborted,
                        socketsAfter,
                        upstream);
    }

    private String trend(ToDoubleFunction<Sample> figure) {
        var slope = new Slope();
        samples.stream()
                .skip(samples.size() / 5)
                .forEach(sample -> slope.add(sample.minutes, figure.applyAsDouble(sample)));
        return "%s | %s".formatted(Report.number(slope.mean()), Report.number(slope.perX()));
    }
}
