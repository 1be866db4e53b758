package io.pointsman.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {

    @Test
    void readsANameWithParenthesesAndSpaces() {
        var stat = Processes.Stat.parse(stat(17, "a) (b c", 3, 250, 50));

        assertThat(stat).isEqualTo(new Processes.Stat(17, 3, 300));
    }

    @Test
    void addsUpAProcessAndAllThatItStarted(@TempDir Path proc) throws IOException {
        process(proc, 10, 1, 100, "VmRSS:\t  2048 kB");
        process(proc, 11, 10, 50, "VmRSS:\t  1024 kB");
        process(proc, 12, 11, 25, "VmRSS:\t   512 kB");
        process(proc, 13, 1, 999, "VmRSS:\t  9999 kB");
        var processes = new Processes(proc);

        assertThat(processes.cpuSeconds(10)).isEqualTo(1.75);
        assertThat(processes.residentBytes(10)).isEqualTo(3584 * 1024);
    }

    @Test
    void countsDescriptorsAndTheSocketsAmongThem(@TempDir Path proc) throws IOException {
        process(proc, 10, 1, 0, "");
        var folder = Files.createDirectory(proc.resolve("10/fd"));
        Files.createSymbolicLink(folder.resolve("0"), Path.of("pipe:[7]"));
        Files.createSymbolicLink(folder.resolve("1"), Path.of("socket:[123]"));
        Files.createSymbolicLink(folder.resolve("2"), Path.of("socket:[124]"));
        var processes = new Processes(proc);

        assertThat(processes.descriptors(10)).isEqualTo(3);
        assertThat(processes.sockets(10)).isEqualTo(2);
    }

    @Test
    void knowsThreadsByName(@TempDir Path proc) throws IOException {
        var task = proc.resolve("10/task");
        Files.createDirectories(task.resolve("20"));
        Files.createDirectories(task.resolve("21"));
        Files.writeString(task.resolve("20/stat"), stat(20, "C2 CompilerThre", 1, 30, 10));
        Files.writeString(task.resolve("21/stat"), stat(21, "main", 1, 500, 0));

        assertThat(new Processes(proc).threadCpuSeconds(10, "C2 Compiler")).isEqualTo(0.4);
    }

    @Test
    void seesItself() throws IOException {
        long self = ProcessHandle.current().pid();

        assertThat(Processes.HERE.cpuSeconds(self)).isPositive();
        assertThat(Processes.HERE.residentBytes(self)).isGreaterThan(1 << 20);
    }

    private static void process(Path proc, long pid, long parent, long ticks, String status)
            throws IOException {
        var folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), stat(pid, "x", parent, ticks, 0));
        Files.writeString(folder.resolve("status"), "Name:\tx\n" + status + "\n");
    }

    private static String stat(long pid, String name, long parent, long user, long system) {
        return pid
                + " ("
                + name
                + ") S "
                + parent
                + " 1 1 0 -1 4194304 5 6 7 8 "
                + user
                + " "
                + system
                + " 0 0 20 0";
    }
}
