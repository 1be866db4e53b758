package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;

/// The result of a run, as Markdown for people and JSON for tools. Confined to the thread of the
/// command.
final class Report {

    /// What slow streams cost in memory.
    ///
    /// @param streams that were open at a time
    /// @param resident bytes that the process grew by, for each
    /// @param heap live bytes after a full collection, for each; 0 for what is no JVM
    record Memory(String proxy, int streams, double resident, double heap, long failures) {}

    /// Cores that others may use before figures are rough.
    private static final double MOST_OTHERS = 0.1;

    private static final String US = "pointsman";
    private static final String FLOOR = "nginx";

    private final Map<String, String> versions = new LinkedHashMap<>();
    private final List<String> absent = new ArrayList<>();
    private final List<Cell> cells = new ArrayList<>();
    private final List<Memory> memory = new ArrayList<>();

    void version(String proxy, String version) {
        versions.put(proxy, version);
    }

    void absent(String proxy, String why) {
        absent.add(proxy + ": " + why);
    }

    void add(Cell median) {
        cells.add(median);
    }

    void add(Memory measured) {
        memory.add(measured);
    }

    /// As Markdown.
    String markdown() throws IOException {
        var text = new StringBuilder("# Load\n\n").append(machine()).append("\n\n");
        versions.forEach((proxy, version) ->
                text.append("- ").append(proxy).append(": ").append(version).append('\n'));
        absent.forEach(why -> text.append("- absent: ").append(why).append('\n'));
        text.append("\n## One core, as busy as can be\n\n");
        text.append(
                """
                | scenario | gateway | CPU per request, µs | by nginx | requests/s | core used | compiling | at a time | tokens per read | failed | others' cores |
                |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """);
        cells.stream()
                .filter(cell -> cell.scenario().startsWith("saturate"))
                .forEach(cell -> text.append(saturated(cell)));
        text.append(
                "\n## At low rates\n\nMicroseconds from the intended sending. Added: to the first token, less what the upstream took.\n\n");
        text.append(
                """
                | scenario | gateway | p50 | p90 | p99 | TTFT p50 | added p50 | p90 | p99 | token delay p50 | p99 | CPU, µs | failed |
                |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """);
        cells.stream()
                .filter(cell -> cell.scenario().startsWith("steady"))
                .forEach(cell -> text.append(steady(cell)));
        if (!memory.isEmpty()) {
            text.append(
                    """

                    ## Slow streams

                    | gateway | streams | resident, KB each | live heap, KB each | failed |
                    |---|---:|---:|---:|---:|
                    """);
            memory.forEach(it ->
                    text.append(
                            "| %s | %d | %s | %s | %d |%n"
                                    .formatted(
                                            it.proxy,
                                            it.streams,
                                            number(it.resident / 1024),
                                            it.heap == 0 ? "" : number(it.heap / 1024),
                                            it.failures)));
        }
        text.append("\n## Goals\n\n| goal | reached | at most | |\n|---|---:|---:|---|\n");
        goals().forEach(goal -> text.append(goal.row(rough())).append('\n'));
        if (rough()) {
            text.append(
                    "\nRough: other processes took part of the cores meanwhile, so neither a yes nor a no"
                            + " above can be trusted. Run it on an idle machine.\n");
        }
        return text.toString();
    }

    /// Writes `report.md` and `report.json`.
    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("report.md"), markdown());
        var json = new LinkedHashMap<String, Object>();
        json.put("machine", machine());
        json.put("versions", versions);
        json.put("absent", absent);
        json.put("cells", cells);
        json.put("memory", memory);
        json.put("goals", goals());
        Files.writeString(
                folder.resolve("report.json"),
                JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(json));
    }

    private String saturated(Cell cell) {
        return "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        cell.scenario(),
                        cell.proxy(),
                        number(cell.cpu()),
                        number(cell.cpu() / cpu(cell.scenario(), FLOOR)),
                        number(cell.perSecond()),
                        percent(cell.core()),
                        percent(cell.compiler()),
                        number(cell.concurrency()),
                        cell.scenario().contains("stream") ? number(cell.tokensPerRead()) : "",
                        percent(cell.failures()),
                        number(cell.others()));
    }

    private static String steady(Cell cell) {
        return "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        cell.scenario(),
                        cell.proxy(),
                        number(cell.p50()),
                        number(cell.p90()),
                        number(cell.p99()),
                        number(cell.ttft50()),
                        number(cell.added50()),
                        number(cell.added90()),
                        number(cell.added99()),
                        number(cell.token50()),
                        number(cell.token99()),
                        number(cell.cpu()),
                        percent(cell.failures()));
    }

    private List<Goal> goals() {
        var goals = new ArrayList<Goal>();
        var plain = "saturate plain 1 KB";
        var stream = "saturate stream 1 KB";
        goals.add(new Goal("CPU per request by nginx's, 1 KB", ratio(plain, FLOOR), 4));
        goals.add(new Goal("by Spring Cloud Gateway's", ratio(plain, "scg"), 0.85));
        goals.add(new Goal("by Portkey's", ratio(plain, "portkey"), 1 / 12.0));
        goals.add(new Goal("by LiteLLM's", ratio(plain, "litellm"), 0.01));
        goals.add(new Goal("CPU per stream by nginx's, 1 KB", ratio(stream, FLOOR), 1.9));
        goals.add(
                new Goal(
                        "p50 added over nginx's at 200/s, ms",
                        (figure("steady plain 1 KB", US, Cell::p50)
                                        - figure("steady plain 1 KB", FLOOR, Cell::p50))
                                / 1000,
                        0.3));
        goals.add(
                new Goal(
                        "p99 of a token's delay over the direct way's, ms",
                        (figure("steady stream 1 KB", US, Cell::token99)
                                        - figure("steady stream 1 KB", "direct", Cell::token99))
                                / 1000,
                        0.5));
        goals.add(
                new Goal(
                        "resident KB for each slow stream",
                        memory.stream()
                                .filter(it -> it.proxy.equals(US))
                                .mapToDouble(it -> it.resident / 1024)
                                .findFirst()
                                .orElse(Double.NaN),
                        32));
        return goals;
    }

    private boolean rough() {
        return cells.stream().anyMatch(cell -> cell.others() > MOST_OTHERS);
    }

    private double ratio(String scenario, String peer) {
        return cpu(scenario, US) / cpu(scenario, peer);
    }

    private double cpu(String scenario, String proxy) {
        return figure(scenario, proxy, Cell::cpu);
    }

    private double figure(String scenario, String proxy, ToDoubleFunction<Cell> figure) {
        return cells.stream()
                .filter(cell -> cell.scenario().equals(scenario) && cell.proxy().equals(proxy))
                .mapToDouble(figure)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String machine() throws IOException {
        var cpu =
                Files.readString(Path.of("/proc/cpuinfo"))
                        .lines()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.replaceAll(".*: ", ""))
                        .findFirst()
                        .orElse("an unknown processor");
        return "%d cores of %s, Linux %s, Java %s. The gateway has one core; generator and upstream share another."
                .formatted(
                        Files.readString(Path.of("/proc/cpuinfo"))
                                .lines()
                                .filter(line -> line.startsWith("processor"))
                                .count(),
                        cpu,
                        System.getProperty("os.version"),
                        Runtime.version());
    }

    /// With three digits that count; nothing for what is not a number.
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "";
        }
        double size = Math.abs(value);
        var format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return share == 0 ? "0" : number(100 * share) + " %";
    }
}
