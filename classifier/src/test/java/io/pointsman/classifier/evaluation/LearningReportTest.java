package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Label.Origin;
import io.pointsman.api.TaskType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningReportTest {

    private static final Instant NOW = Instant.parse("2026-05-03T12:00:00Z");

    private final List<LearnedLabel> labels =
            List.of(
                    label("2026-05-01T08:00:00Z", "", Origin.FILE, 0.2, 0, false, false),
                    label("2026-05-01T09:00:00Z", "", Origin.FILE, 0.9, 1, true, true),
                    label("2026-05-03T08:00:00Z", "ours", Origin.FEEDBACK, 0.25, 1, false, false),
                    label("2026-05-03T09:00:00Z", "ours", Origin.EVIDENCE, 0.5, 0, false, false));

    private final LearningReport report = new LearningReport(labels, NOW);

    @Test
    void countsLabelsByKind() {
        var text = report.text();

        assertThat(text).startsWith("4 labels, 25.0 % of them of novel prompts");
        assertThat(cells(text, "file")).containsExactly("file", "1", "1", "2");
        assertThat(cells(text, "feedback")).containsExactly("feedback", "1", "0", "1");
        assertThat(cells(text, "comparison")).containsExactly("comparison", "0", "0", "0");
        assertThat(cells(text, "mathematics"))
                .containsExactly("mathematics", "4", ".500", "25.0 %");
        assertThat(cells(text, "(all tenants)"))
                .containsExactly("(all tenants)", "2", ".500", "50.0 %");
        assertThat(cells(text, "ours")).containsExactly("ours", "2", ".500", "0.0 %");
        assertThat(cells(text, "2026-05-01")).containsExactly("2026-05-01", "2", "50.0 %", ".150");
    }

    @Test
    void calibrationIsOfTheLastDayAndOfAll() {
        // The last day: |.25 - 1| and |.5 - 0|. All: .2 and .25 share a tenth.
        assertThat(report.text())
                .contains(
                        "calibration error: .625 over the last day (2 labels), .288 over all (4 labels)");
        assertThat(cells(report.text(), "0.2 to 0.3"))
                .containsExactly("0.2 to 0.3", "1", ".250", "1.000");
    }

    @Test
    void aLabelOfTheFutureOrOlderThanADayIsNotOfTheLastDay() {
        var text =
                new LearningReport(
                                List.of(
                                        label(
                                                "2026-05-02T12:00:00Z",
                                                "",
                                                Origin.FILE,
                                                1,
                                                0,
                                                false,
                                                false),
                                        label(
                                                "2026-05-04T00:00:00Z",
                                                "",
                                                Origin.FILE,
                                                1,
                                                0,
                                                false,
                                                false)),
                                NOW)
                        .text();

        assertThat(text).contains("calibration error: - over the last day (0 labels)");
    }

    @Test
    void drawsLabelsPerDayByOrigin() {
        var picture = Pictures.parsed(picture("labels-per-day.svg"));

        assertThat(Pictures.texts(picture, "rect"))
                .contains(
                        "2026-05-01, file: 2",
                        "2026-05-03, feedback: 1",
                        "2026-05-03, evidence: 1");
        assertThat(Pictures.texts(picture, "text"))
                .contains("file", "feedback", "evidence", "comparison", "labels", "day (UTC)")
                .contains("2026-05-01", "2026-05-02", "2026-05-03");
    }

    @Test
    void drawsHowReliableExpectationsAre() {
        var picture = Pictures.parsed(picture("reliability.svg"));

        assertThat(Pictures.texts(picture, "polyline")).containsExactly("all labels", "last day");
        assertThat(Pictures.texts(picture, "circle"))
                .contains(
                        "all labels: expected .225, seen .500, 2 labels",
                        "last day: expected .250, seen 1.000, 1 label");
    }

    @Test
    void drawsNoveltyPerDay() {
        var picture = Pictures.parsed(picture("novelty-per-day.svg"));

        assertThat(Pictures.texts(picture, "rect")).contains("2026-05-01: 50.0 % of 2");
    }

    @Test
    void aMemoryOfYearsIsDrawnByItsLastDays() {
        var many = new ArrayList<>(labels);
        many.add(label("2020-01-01T00:00:00Z", "", Origin.FILE, 0.5, 1, false, false));

        var picture = new LearningReport(many, NOW).pictures().get("labels-per-day.svg");

        assertThat(picture).contains("2026-03-05").doesNotContain("2020-01-01");
    }

    @Test
    void nothingLearnedIsNoError() {
        var empty = new LearningReport(List.of(), NOW);

        assertThat(empty.text()).isEqualTo("no labels yet\n");
        assertThat(empty.pictures().values()).hasSize(3).allSatisfy(Pictures::parsed);
    }

    private String picture(String name) {
        return report.pictures().getOrDefault(name, "");
    }

    private static LearnedLabel label(
            String at,
            String tenant,
            Origin origin,
            double predicted,
            double score,
            boolean reasonerSide,
            boolean novel) {
        return new LearnedLabel(
                Instant.parse(at),
                tenant,
                origin,
                TaskType.MATHEMATICS,
                predicted,
                score,
                reasonerSide,
                novel);
    }

    private static List<String> cells(String text, String first) {
        return text.lines()
                .map(line -> List.of(line.split("\\s{2,}")))
                .filter(cells -> cells.getFirst().equals(first))
                .findFirst()
                .orElseThrow();
    }
}
