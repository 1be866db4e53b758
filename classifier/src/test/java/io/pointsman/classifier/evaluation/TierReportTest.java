package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Kind;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
import io.pointsman.classifier.training.InvalidOutcomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TierReportTest {

    private static final String ROWS =
            """
            {"prompt":"hi","expected_tier":"SIMPLE","category":"greeting","lang":"en"}
            {"id":"x,y","prompt":"prove it","expected_tier":"reasoning","lang":"en"}
            {"prompt":"beweise es","expected_tier":"REASONING","lang":"de"}
            {"prompt":"?","expected_tier":"COMPLEX"}
            """;

    @TempDir Path folder;

    @Test
    void readsRowsOfTheFormatByTaxonomy() throws IOException {
        assertThat(rows(ROWS))
                .containsExactly(
                        new TierRow("row-1", "hi", Tier.SIMPLE, "en"),
                        new TierRow("x,y", "prove it", Tier.REASONING, "en"),
                        new TierRow("row-3", "beweise es", Tier.REASONING, "de"),
                        new TierRow("row-4", "?", Tier.COMPLEX, ""));
    }

    @Test
    void namesAnUnknownTier() {
        assertThatThrownBy(() -> rows(ROWS + "{\"prompt\":\"a\",\"expected_tier\":\"HARD\"}\n"))
                .isInstanceOf(InvalidOutcomes.class)
                .hasMessageEndingWith(
                        "tiers.jsonl, line 5: \"expected_tier\" must be one of SIMPLE, MEDIUM, COMPLEX, REASONING");
    }

    @Test
    void countsAgreementByTierAndLanguage() throws IOException {
        var text = TierReport.of(TierReportTest::judged, rows(ROWS)).text();

        assertThat(text).startsWith("agreement on the tier: 50.0 % of 4 rows");
        assertThat(cells(text, "SIMPLE"))
                .containsExactly("SIMPLE", "1", "0", "0", "0", "0", "100.0 %");
        assertThat(cells(text, "MEDIUM")).containsExactly("MEDIUM", "0", "0", "0", "0", "0", "-");
        assertThat(cells(text, "COMPLEX"))
                .containsExactly("COMPLEX", "0", "0", "0", "0", "1", "0.0 %");
        assertThat(cells(text, "REASONING"))
                .containsExactly("REASONING", "0", "1", "0", "1", "0", "50.0 %");
        assertThat(cells(text, "en")).containsExactly("en", "2", "100.0 %");
        assertThat(cells(text, "de")).containsExactly("de", "1", "0.0 %");
        assertThat(cells(text, "(none)")).containsExactly("(none)", "1", "0.0 %");
    }

    @Test
    void writesTiersById() throws IOException {
        var file = folder.resolve("tiers.csv");

        TierReport.of(TierReportTest::judged, rows(ROWS)).write(file);

        assertThat(Files.readString(file))
                .isEqualTo(
                        """
                        id,tier
                        row-1,SIMPLE
                        "x,y",REASONING
                        row-3,MEDIUM
                        row-4,
                        """);
    }

    private static Optional<Kind> judged(String prompt) {
        return switch (prompt) {
            case "hi" -> of(Tier.SIMPLE);
            case "prove it" -> of(Tier.REASONING);
            case "?" -> Optional.empty();
            default -> of(Tier.MEDIUM);
        };
    }

    private static Optional<Kind> of(Tier tier) {
        return Optional.of(new Kind(TaskType.OTHER, tier));
    }

    private List<TierRow> rows(String text) throws IOException {
        return TierRow.read(Files.writeString(folder.resolve("tiers.jsonl"), text));
    }

    private static List<String> cells(String text, String first) {
        return text.lines()
                .map(line -> List.of(line.split("\\s{2,}")))
                .filter(cells -> cells.getFirst().equals(first))
                .findFirst()
                .orElseThrow();
    }
}
