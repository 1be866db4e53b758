package io.pointsman.benchmarks.load;

import java.util.regex.Pattern;

/// Reads what `jcmd PID GC.heap_info` prints.
final class HeapInfo {

    /// Generations of the serial collector, or the one line of others.
    private static final Pattern HEAP =
            Pattern.compile("(?m)^ ?(\\S.*) total (?:reserved )?\\d+K,.*?used (\\d+)K");

    private HeapInfo() {}

    /// Bytes in use in all generations; the metaspace is no heap.
    static long usedBytes(String text) {
        long kilobytes = 0;
        var lines = HEAP.matcher(text);
        while (lines.find()) {
            if (!lines.group(1).contains("Metaspace") && !lines.group(1).contains("class space")) {
                kilobytes += Long.parseLong(lines.group(2));
            }
        }
        return kilobytes * 1024;
    }
}
