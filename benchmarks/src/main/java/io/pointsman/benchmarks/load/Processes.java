package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What `/proc` says of a process and all that it started. Immutable; each call reads anew.
///
/// @param proc the file system, normally `/proc`
record Processes(Path proc) {

    /// Ticks of a second in `/proc/PID/stat`: the kernel's USER_HZ, 100 on every Linux of today.
    private static final double TICKS = 100;

    static final Processes HERE = new Processes(Path.of("/proc"));

    /// One line of `/proc/PID/stat`.
    ///
    /// @param ticks of CPU, its own and the kernel's on its behalf
    record Stat(long pid, long parent, long ticks) {

        /// The name stands in parentheses and may hold anything, parentheses and spaces included.
        static Stat parse(String line) {
            long pid = Long.parseLong(line.substring(0, line.indexOf(' ')));
            var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return new Stat(
                    pid,
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
        }
    }

    /// CPU seconds of `pid` and its descendants.
    double cpuSeconds(long pid) throws IOException {
        var all = all();
        double ticks = 0;
        for (long member : tree(pid, all)) {
            var stat = all.get(member);
            ticks += stat == null ? 0 : stat.ticks;
        }
        return ticks / TICKS;
    }

    /// CPU seconds of those threads of `pid` whose names begin with `prefix`.
    double threadCpuSeconds(long pid, String prefix) throws IOException {
        double ticks = 0;
        try (var threads = Files.newDirectoryStream(proc.resolve(pid + "/task"))) {
            for (var thread : threads) {
                var line = read(thread.resolve("stat"));
                if (line.startsWith(prefix, line.indexOf('(') + 1)) {
                    ticks += Stat.parse(line).ticks;
                }
            }
        } catch (NoSuchFileException gone) {
            return 0;
        }
        return ticks / TICKS;
    }

    /// Resident bytes of `pid` and its descendants.
    long residentBytes(long pid) throws IOException {
        long kilobytes = 0;
        for (long member : tree(pid, all())) {
            kilobytes += kilobytes(read(proc.resolve(member + "/status")), "VmRSS:");
        }
        return kilobytes * 1024;
    }

    /// Open descriptors of `pid` and its descendants.
    int descriptors(long pid) throws IOException {
        return links(pid, "");
    }

    /// Sockets among them.
    int sockets(long pid) throws IOException {
        return links(pid, "socket:");
    }

    /// CPU seconds that all processes of the machine have used.
    double busySeconds() throws IOException {
        var fields = read(proc.resolve("stat")).lines().findFirst().orElse("").split(" +", -1);
        long ticks = 0;
        // user, nice, system, then idle and iowait, irq, softirq, steal
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    private int links(long pid, String prefix) throws IOException {
        int count = 0;
        for (long member : tree(pid, all())) {
            count += links(proc.resolve(member + "/fd"), prefix);
        }
        return count;
    }

    private static int links(Path folder, String prefix) throws IOException {
        int count = 0;
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                count += target(file).startsWith(prefix) ? 1 : 0;
            }
            return count;
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException closedMeanwhile) {
            return "closed";
        }
    }

    private Map<Long, Stat> all() throws IOException {
        var all = new HashMap<Long, Stat>();
        try (var folders = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var folder : folders) {
                var line = read(folder.resolve("stat"));
                if (!line.isEmpty()) {
                    var stat = Stat.parse(line);
                    all.put(stat.pid, stat);
                }
            }
        }
        return all;
    }

    private static List<Long> tree(long root, Map<Long, Stat> all) {
        var children = new HashMap<Long, List<Long>>();
        for (var stat : all.values()) {
            children.computeIfAbsent(stat.parent, _ -> new ArrayList<>()).add(stat.pid);
        }
        var tree = new ArrayList<Long>();
        var open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            long pid = open.remove();
            tree.add(pid);
            open.addAll(children.getOrDefault(pid, List.of()));
        }
        return tree;
    }

    /// What a process that ends meanwhile leaves is nothing.
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }

    static long kilobytes(String status, String key) {
        for (var line : status.lines().toList()) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.substring(key.length()).replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }
}
