package io.pointsman.lab.mini;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import tools.jackson.databind.json.JsonMapper;

/// What both models made of the same fresh problems, as rows that a routing head is fitted on.
///
/// One JSON object a line: `id`, `source`, `task`, `prompt`, `weak` and `strong` (the models'
/// names), `w` and `s` (1 where the greedy answer was right) and `reasoning_tokens` (what the
/// strong model spent).
final class Outcomes {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int DEV_ONE_IN = 5;

    private Outcomes() {}

    /// One line of the file; the names are the file's.
    private record Row(
            String id,
            String source,
            String task,
            String prompt,
            String weak,
            String strong,
            int w,
            int s,
            int reasoning_tokens) {

        boolean dev() {
            // Other bits of the hash than the held-out split looks at.
            return (Problems.hash(prompt) >>> 40) % DEV_ONE_IN == 0;
        }
    }

    /// Writes `outcomes_train.jsonl.xz` and `outcomes_dev.jsonl.xz`; no prompt is in both.
    static int write(
            Path folder, List<Evaluation.Answered> weak, List<Evaluation.Answered> strong) {
        var rows =
                IntStream.range(0, weak.size())
                        .mapToObj(index -> row(weak.get(index), strong.get(index)))
                        .distinct()
                        .sorted(Comparator.comparing(Row::id))
                        .toList();
        lines(
                folder.resolve("outcomes_train.jsonl.xz"),
                rows.stream().filter(row -> !row.dev()).toList());
        lines(folder.resolve("outcomes_dev.jsonl.xz"), rows.stream().filter(Row::dev).toList());
        return rows.size();
    }

    private static Row row(Evaluation.Answered weak, Evaluation.Answered strong) {
        var problem = weak.problem();
        return new Row(
                "embedded_%016x".formatted(Problems.hash(problem.prompt())),
                "embedded",
                problem.task().level().name().toLowerCase(Locale.ROOT)
                        + "_"
                        + problem.task().name().toLowerCase(Locale.ROOT),
                problem.prompt(),
                Kind.FAST.title(),
                Kind.REASONER.title(),
                weak.right() ? 1 : 0,
                strong.right() ? 1 : 0,
                strong.thinking());
    }

    private static void lines(Path file, List<Row> rows) {
        try (Writer out =
                new OutputStreamWriter(
                        new XZOutputStream(Files.newOutputStream(file), new LZMA2Options()),
                        StandardCharsets.UTF_8)) {
            for (var row : rows) {
                out.write(JSON.writeValueAsString(row));
                out.write('\n');
            }
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
