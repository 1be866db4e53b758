package io.pointsman.lab.difficulty;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Tier;
import io.pointsman.classifier.kinds.Category;
import io.pointsman.classifier.kinds.KindFeatures;
import io.pointsman.classifier.kinds.KindFile;
import io.pointsman.classifier.kinds.KindModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TrainTiersCommandTest {

    private static final List<String> THINGS = List.of("river", "castle", "planet", "violin");

    @TempDir private Path folder;

    @Test
    void learnsTheTiersOfItsRowsTheSameWayEachTime() throws IOException {
        var rows = new StringBuilder();
        for (var thing : THINGS) {
            rows.append(row("What is a " + thing + "?", "SIMPLE", "factual-qa"));
            rows.append(row("Explain how a " + thing + " works", "MEDIUM", "explanation"));
            rows.append(row("Prove the " + thing + " theorem", "REASONING", "formal-proof"));
        }
        Files.writeString(folder.resolve("train.jsonl"), rows);
        Files.writeString(folder.resolve("dev.jsonl"), rows);

        var console = new StringWriter();
        var one = train("one.json", console);

        assertThat(console.toString())
                .contains("Rows kept for measuring", "100.0 % of 12", "tier REASONING");
        assertThat(tier(one, "What is a mountain?")).isEqualTo(Tier.SIMPLE);
        assertThat(tier(one, "Prove the mountain theorem")).isEqualTo(Tier.REASONING);
        assertThat(one).isEqualTo(train("other.json", new StringWriter()));
    }

    @Test
    void namesWhatARowLacks() throws IOException {
        Files.writeString(folder.resolve("train.jsonl"), "{\"prompt\": \"hi\"}\n");
        var errors = new StringWriter();

        int status = run(new StringWriter(), errors, "out.json");

        assertThat(status).isNotZero();
        assertThat(errors.toString()).contains("train.jsonl", "\"expected_tier\"");
    }

    @ParameterizedTest
    @CsvSource({
        "factual-qa, SIMPLE, FACT",
        "migration, COMPLEX, DESIGN",
        "data-analysis, COMPLEX, DESIGN",
        "game-theory, REASONING, LOGIC",
        "never-heard-of, MEDIUM, EXPLANATION"
    })
    void aCategoryHasTheTierOfItsRow(String name, Tier tier, Category category) {
        assertThat(KindRow.category(name, tier)).isEqualTo(category);
        assertThat(category.tier()).isEqualTo(tier);
    }

    private static String row(String prompt, String tier, String category) {
        return "{\"prompt\": \"%s\", \"expected_tier\": \"%s\", \"category\": \"%s\", \"lang\": \"en\"}\n"
                .formatted(prompt, tier, category);
    }

    private KindModel train(String out, StringWriter console) throws IOException {
        assertThat(run(console, new StringWriter(), out)).isZero();
        try (var in = Files.newInputStream(folder.resolve(out))) {
            return KindFile.read(in, out);
        }
    }

    private int run(StringWriter console, StringWriter errors, String out) {
        return new CommandLine(new TrainTiersCommand())
                .setOut(new PrintWriter(console, true))
                .setErr(new PrintWriter(errors, true))
                .execute("--data", folder.toString(), "--out", folder.resolve(out).toString());
    }

    private static Tier tier(KindModel model, String prompt) {
        return KindModel.tier(model.chances(KindFeatures.of(prompt)));
    }
}
