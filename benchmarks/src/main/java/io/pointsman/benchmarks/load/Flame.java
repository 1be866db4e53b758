package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import one.profiler.AsyncProfilerLoader;

/// A CPU profile of a running JVM by async-profiler: a flame graph for eyes, stacks for tools, and
/// the dearest frames as text.
final class Flame {

    private static final String OURS = "io/pointsman/";

    private Flame() {}

    /// Begins to sample `jvm`.
    static void begin(Running jvm) throws IOException, InterruptedException {
        agent(jvm, "start,event=ctimer,interval=1ms,threads=false");
    }

    /// Ends sampling, and writes `name.html` and `name.collapsed` into `folder`. Returns the
    /// dearest frames.
    static String end(Running jvm, Path folder, String name)
            throws IOException, InterruptedException {
        var html = folder.resolve(name + ".html").toAbsolutePath();
        var collapsed = folder.resolve(name + ".collapsed").toAbsolutePath();
        agent(jvm, "dump,file=" + html + ",title=" + name);
        agent(jvm, "stop,file=" + collapsed + ",collapsed");
        return top(Files.readAllLines(collapsed), 30);
    }

    /// The quotes are for jcmd, which would read `event=ctimer` as an argument of its own.
    private static void agent(Running jvm, String arguments)
            throws IOException, InterruptedException {
        var library = AsyncProfilerLoader.getAsyncProfilerPath().toString();
        var said = jvm.jcmd("JVMTI.agent_load", library, "\"" + arguments + "\"");
        if (!said.contains("return code: 0")) {
            throw new IOException("async-profiler does not run: " + said);
        }
    }

    /// The frames with most samples of their own and with most below them, from lines `a;b;c 12`;
    /// the product's own once more, as those of the libraries stand above nearly all of it.
    static String top(List<String> collapsed, int most) {
        var self = new HashMap<String, Long>();
        var total = new HashMap<String, Long>();
        long all = 0;
        for (var line : collapsed) {
            int space = line.lastIndexOf(' ');
            // What a JVM still compiles says nothing of what the compiled code costs.
            if (space < 0 || line.contains("CompileBroker::")) {
                continue;
            }
            long samples = Long.parseLong(line.substring(space + 1));
            all += samples;
            var frames = line.substring(0, space).split(";", -1);
            self.merge(frames[frames.length - 1], samples, Long::sum);
            for (var frame : new HashSet<>(List.of(frames))) {
                total.merge(frame, samples, Long::sum);
            }
        }
        var ours = new HashMap<>(total);
        ours.keySet().removeIf(frame -> !frame.startsWith(OURS));
        return "self:\n"
                + list(self, all, most)
                + "with what they call:\n"
                + list(total, all, most)
                + "of Pointsman, with what they call:\n"
                + list(ours, all, 2 * most);
    }

    private static String list(Map<String, Long> samples, long all, int most) {
        var text = new StringBuilder();
        samples.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(most)
                .forEach(entry ->
                        text.append(
                                "  %5.1f %%  %s%n"
                                        .formatted(
                                                100.0 * entry.getValue() / all, entry.getKey())));
        return text.toString();
    }
}
