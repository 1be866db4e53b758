package io.pointsman.backends.balance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Reads the two gauges that matter out of an engine's metrics in Prometheus's text format, looking
/// at no line further than it must. Whatever the bytes are, it ends after one pass and what it
/// finds is in range; lines that are not understood do not count. Confined to one reading.
final class EngineGauges {

    private static final int LONGEST_NUMBER = 32;
    private static final int MOST_QUEUED = 1_000_000;

    private final byte[] text;
    private final byte[] queueName;
    private final byte[][] kvNames;
    private boolean queueFound;
    private double queue;
    private final double[] kv;

    private EngineGauges(byte[] text, Engine.Names names) {
        this.text = text;
        this.queueName = names.queueDepth().getBytes(StandardCharsets.US_ASCII);
        this.kvNames =
                names.kvUtilisation().stream()
                        .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                        .toArray(byte[][]::new);
        this.kv = new double[kvNames.length];
        Arrays.fill(kv, -1);
    }

    /// What `text` says by `names`; empty where it does not tell the queue's depth.
    static Optional<EngineLoad> read(byte[] text, Engine.Names names) {
        return new EngineGauges(text, names).read();
    }

    private Optional<EngineLoad> read() {
        int start = 0;
        while (start < text.length) {
            int end = start;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            line(start, end);
            start = end + 1;
        }
        if (!queueFound) {
            return Optional.empty();
        }
        double utilisation = 0;
        for (double value : kv) {
            if (value >= 0) {
                utilisation = Math.min(1, value);
                break;
            }
        }
        return Optional.of(new EngineLoad((int) Math.min(MOST_QUEUED, queue), utilisation));
    }

    private void line(int start, int end) {
        if (named(queueName, start, end)) {
            double value = value(start + queueName.length, end);
            if (value >= 0) {
                queue += value;
                queueFound = true;
            }
            return;
        }
        for (int i = 0; i < kvNames.length; i++) {
            if (named(kvNames[i], start, end)) {
                kv[i] = Math.max(kv[i], value(start + kvNames[i].length, end));
                return;
            }
        }
    }

    private boolean named(byte[] name, int start, int end) {
        int after = start + name.length;
        return after < end
                && (text[after] == '{' || blank(text[after]))
                && Arrays.equals(text, start, after, name, 0, name.length);
    }

    /// The value that follows the labels; -1 where there is none that is finite and not negative.
    private double value(int start, int end) {
        int from = text[start] == '{' ? afterLabels(start + 1, end) : start;
        while (from < end && blank(text[from])) {
            from++;
        }
        int to = from;
        while (to < end && !blank(text[to])) {
            to++;
        }
        if (from == to || to - from > LONGEST_NUMBER) {
            return -1;
        }
        try {
            double value =
                    Double.parseDouble(
                            new String(text, from, to - from, StandardCharsets.ISO_8859_1));
            return value >= 0 && value <= Double.MAX_VALUE ? value : -1;
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    /// Where the labels that begin at `start` are over; `end` where they are not.
    private int afterLabels(int start, int end) {
        boolean quoted = false;
        for (int i = start; i < end; i++) {
            byte c = text[i];
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '}' && !quoted) {
                return i + 1;
            }
        }
        return end;
    }

    private static boolean blank(byte c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
