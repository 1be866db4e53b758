package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Measures one gateway over intervals of one load. Confined to the thread of the command.
final class Meter implements AutoCloseable {

    /// Streams are offered until the gateway uses this much of its core: at all of it tokens would
    /// queue and arrive together, and the slower a gateway, the less it would have to do.
    private static final double STREAMS_USE = 0.85;

    /// Where less than this share of the tokens comes in time, there are too many streams for this
    /// side, or the machine does something else.
    private static final double KEPT = 0.7;

    /// Below this share of the CPU, what is still compiled does not count.
    private static final double COMPILED = 0.01;

    private static final int MOST_STREAMS = 2500;
    private static final int RAMP = 16;

    private final Rig rig;
    private final Running proxy;
    private final Shape shape;
    private final String scenario;
    private final Generator generator;
    private int concurrency;

    Meter(Rig rig, Running proxy, Shape shape, String scenario) {
        this.rig = rig;
        this.proxy = proxy;
        this.shape = shape;
        this.scenario = scenario;
        generator = rig.generator(proxy, shape);
    }

    /// Keeps `count` requests running.
    void closed(int count) throws Exception {
        concurrency = count;
        generator.closedLoop(count);
    }

    /// As [#closed], begun one after the other over `millis`, so that streams do not march in step.
    void ramp(int count, long millis) throws Exception {
        int from = concurrency;
        for (int i = 1; i <= RAMP; i++) {
            closed(from + (count - from) * i / RAMP);
            TimeUnit.MILLISECONDS.sleep(millis / RAMP);
        }
    }

    /// Sends at the times of a Poisson process.
    void open(double perSecond) throws Exception {
        generator.openLoop(perSecond);
    }

    /// Measures `seconds`.
    Cell measure(double seconds) throws Exception {
        var before = Snapshot.of(rig, proxy);
        generator.take();
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        var figures = generator.take();
        var after = Snapshot.of(rig, proxy);
        return cell(figures, before, after);
    }

    /// Intervals of `seconds` until next to nothing is compiled and the CPU for a request no longer
    /// falls, for at least `least` and at most `most` seconds.
    void warm(double seconds, double least, double most) throws Exception {
        double last = Double.POSITIVE_INFINITY;
        for (double passed = 0; passed < most; passed += seconds) {
            var cell = measure(seconds);
            boolean settled = cell.cpu() > 0.97 * last && cell.compiler() < COMPILED;
            if (passed + seconds >= least && settled) {
                return;
            }
            last = cell.cpu();
        }
    }

    /// Offers as many streams as use most of the gateway's core, or as many as this side can
    /// follow. Returns how many those are.
    int balance(int rounds, long streamMillis) throws Exception {
        for (int i = 0; i < rounds; i++) {
            ramp(concurrency, streamMillis / 2);
            var cell = measure(1.5);
            double used = STREAMS_USE / Math.max(0.02, cell.core());
            double kept = cell.perSecond() * streamMillis / 1000.0 / concurrency;
            double factor = kept < KEPT ? Math.max(kept, 0.7) : Math.clamp(used, 0.5, 2.5);
            if (factor > 0.93 && factor < 1.08) {
                break;
            }
            ramp(Math.clamp(Math.round(concurrency * factor), 4, MOST_STREAMS), streamMillis);
        }
        return concurrency;
    }

    private Cell cell(Figures seen, Snapshot before, Snapshot after) {
        double seconds = (after.at - before.at) / 1e9;
        double cpu = after.cpu - before.cpu;
        // A stream that has begun before and ends after counts for its part.
        double requests =
                shape.stream() ? (double) seen.tokens / shape.tokens() : (double) seen.completed;
        long ended = seen.completed + seen.failed + seen.truncated;
        double others =
                (after.busy - before.busy - cpu - (after.own - before.own))
                        / Math.max(seconds, 1e-9);
        return new Cell(
                scenario,
                proxy.name(),
                requests == 0 || proxy.pid() == 0 ? Double.NaN : cpu * 1e6 / requests,
                requests / seconds,
                cpu / seconds,
                cpu == 0 ? 0 : (after.compiler - before.compiler) / cpu,
                Math.max(0, others),
                concurrency,
                (double) seen.tokens / Math.max(1, seen.reads),
                ended == 0 ? 0 : (double) (seen.failed + seen.truncated) / ended,
                Figures.micros(seen.duration, 50),
                Figures.micros(seen.duration, 90),
                Figures.micros(seen.duration, 99),
                Figures.micros(seen.ttft, 50),
                Figures.micros(seen.firstAdded, 50),
                Figures.micros(seen.firstAdded, 90),
                Figures.micros(seen.firstAdded, 99),
                Figures.micros(seen.tokenDelay, 50),
                Figures.micros(seen.tokenDelay, 99));
    }

    /// The last answer that was not 200.
    String lastRefusal() throws Exception {
        return generator.lastRefusal();
    }

    @Override
    public void close() {
        generator.close();
    }

    private record Snapshot(long at, double cpu, double compiler, double own, double busy) {

        static Snapshot of(Rig rig, Running proxy) throws IOException {
            return new Snapshot(
                    System.nanoTime(),
                    proxy.cpuSeconds(),
                    proxy.compilerSeconds(),
                    rig.ownCpuSeconds(),
                    Processes.HERE.busySeconds());
        }
    }
}
