package io.pointsman.gateway.cli;

import java.io.Console;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// A bar for a download. Confined to one thread.
final class ProgressBar {

    private static final int WIDTH = 40;

    private final PrintWriter out;
    private final String label;
    private final boolean interactive;
    private long shown = -1;

    ProgressBar(PrintWriter out, String label) {
        this(out, label, isTerminal(System.console()));
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    /// @param interactive whether a line may be written over; else only each tenth is written
    ProgressBar(PrintWriter out, String label, boolean interactive) {
        this.out = out;
        this.label = label;
        this.interactive = interactive;
    }

    /// Shows that `done` of `total` bytes are done.
    void at(long done, long total) {
        long percent = total == 0 ? 0 : 100 * done / total;
        long step = interactive ? percent : percent / 10 * 10;
        if (step == shown) {
            return;
        }
        shown = step;
        int filled = (int) (WIDTH * percent / 100);
        out.print(
                "%s%s [%s%s] %3d %% of %,d MiB%s"
                        .formatted(
                                interactive ? "\r" : "",
                                label,
                                "#".repeat(filled),
                                " ".repeat(WIDTH - filled),
                                percent,
                                total >> 20,
                                interactive && done < total ? "" : "\n"));
        out.flush();
    }
}
