package io.pointsman.lab.mini;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OutcomesTest {
    @TempDir private Path folder;

    @Test
    void writesEachPromptIntoOneOfTwoFiles() throws IOException {
        var random = new SplittableRandom(8);
        var problems =
                IntStream.range(0, 200)
                        .mapToObj(_ -> Problems.draw(Task.CHAIN, true, random))
                        .toList();
        var weak = problems.stream().map(one -> answered(one, 0, false)).toList();
        var strong = problems.stream().map(one -> answered(one, 120, true)).toList();

        var written = Outcomes.write(folder, weak, strong);

        var train = rows("outcomes_train.jsonl.xz");
        var dev = rows("outcomes_dev.jsonl.xz");
        assertThat(train.size() + dev.size()).isEqualTo(written);
        assertThat(dev).hasSizeBetween(20, 60);
        var prompts = new HashSet<>(train.stream().map(row -> row.path("prompt")).toList());
        assertThat(dev).noneMatch(row -> prompts.contains(row.path("prompt")));
        assertThat(train)
                .allSatisfy(row -> {
                    assertThat(row.path("source").asString()).isEqualTo("embedded");
                    assertThat(row.path("task").asString()).isEqualTo("hard_chain");
                    assertThat(row.path("w").asInt()).isZero();
                    assertThat(row.path("s").asInt()).isOne();
                    assertThat(row.path("reasoning_tokens").asInt()).isEqualTo(120);
                });
    }

    private List<JsonNode> rows(String name) throws IOException {
        try (var in = new XZInputStream(Files.newInputStream(folder.resolve(name)))) {
            var json = new JsonMapper();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(json::readTree)
                    .toList();
        }
    }

    private static Evaluation.Answered answered(Problem problem, int thinking, boolean right) {
        return new Evaluation.Answered(problem, "", thinking, right);
    }
}
