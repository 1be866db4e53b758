package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.classifier.training.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Document;

class EvaluationReportTest {

    /// The rows of ten tasks of two sources; those of odd tasks gain.
    private final List<Outcome> rows =
            IntStream.range(0, 200)
                    .mapToObj(i ->
                            Rows.of(
                                    "r" + i,
                                    i % 20 < 10 ? "near" : "far",
                                    "t" + i % 10,
                                    1 - i % 2,
                                    1))
                    .toList();

    private final double[] gaps = rows.stream().mapToDouble(Outcome::gap).toArray();

    @Test
    void showsEveryMethodMeasureAndSource() {
        var text = report(rows).text();

        assertThat(text)
                .contains("200 rows of 2 sources", "300 resamples of 20 families (source/task)")
                .contains("pointsman", "random", "length", "lexical", "lookup", "oracle")
                .contains("APGR", "CPT50", "CPT80", "AUC", "for 95 %", "for 98 %", "for 99 %")
                .contains("Brier", "calibration error", "difficulty at least", "requested")
                .contains("APGR by source", "near", "far");
        assertThat(line(text, "pointsman")).contains(".750 [", "1.000 [1.000 1.000]");
        assertThat(line(text, "random")).contains(".500 [.500 .500]");
        assertThat(line(text, "10 %")).contains("50 [");
    }

    @Test
    void leavesOutTheLookupAndRequestedSharesWhereNothingIsKnown() {
        var text = EvaluationReport.of(rows, scores(gaps), List.of()).text();

        assertThat(text).doesNotContain("lookup");
        assertThat(line(text, "10 %").split("\\s{2,}")).containsExactly("10 %", "-", "-", "-", "-");
    }

    @Test
    void repeatsItselfBySeed() {
        var noisy = new Random(1).doubles(200).toArray();

        var first = EvaluationReport.of(rows, scores(noisy), rows, noisy, 4).text();

        assertThat(EvaluationReport.of(rows, scores(noisy), rows, noisy, 4).text())
                .isEqualTo(first);
        assertThat(EvaluationReport.of(rows, scores(noisy), rows, noisy, 5).text())
                .isNotEqualTo(first);
    }

    @Test
    void oneSourceHasNoTablesBySource() {
        var near = rows.stream().filter(row -> row.source().equals("near")).toList();

        var text = EvaluationReport.of(near, scores(new double[near.size()]), near).text();

        assertThat(text).contains("100 rows of 1 source;").doesNotContain("APGR by source");
    }

    @Test
    void oneRowIsEnough() {
        var text = EvaluationReport.of(rows.subList(0, 1), scores(new double[1]), List.of()).text();

        assertThat(text).contains("resamples of rows");
        assertThat(line(text, "pointsman")).contains("-");
    }

    @Test
    void saysHowManyRowsItCouldNotJudge() {
        var scores = new Scores(new double[200], gaps.clone(), Optional.empty());
        scores.gains()[0] = Double.NaN;

        assertThat(EvaluationReport.of(rows, scores, List.of()).text())
                .contains("1 row could not be judged");
    }

    @Test
    void drawsTheMethodsThatAUserComparesWith() {
        var picture = Pictures.parsed(report(rows).curve());

        assertThat(Pictures.texts(picture, "polyline"))
                .containsExactly("pointsman", "random", "length", "lookup", "oracle");
        assertThat(Pictures.texts(picture, "text"))
                .contains("share of prompts that go to the reasoner", "mean score of the answers")
                .contains("fast model alone", "reasoner alone", "100 %", "0.60", "1.00");
    }

    @Test
    void theBandBeginsAndEndsWithTheLine() {
        var picture = Pictures.parsed(report(rows).curve());

        var line = points(picture, "polyline");
        var band = points(picture, "polygon");

        // There along the upper bounds, and back along the lower ones.
        assertThat(band).hasSize(2 * line.size());
        assertThat(band.getFirst()).isEqualTo(line.getFirst()).isEqualTo(band.getLast());
        assertThat(band.get(100)).isEqualTo(line.getLast()).isEqualTo(band.get(101));
        assertThat(band.get(50)).isNotEqualTo(band.get(151));
    }

    /// Of the first element of that name.
    private static List<String> points(Document picture, String name) {
        var attributes = picture.getElementsByTagName(name).item(0).getAttributes();
        return List.of(attributes.getNamedItem("points").getNodeValue().split(" ", -1)).stream()
                .filter(point -> !point.isEmpty())
                .toList();
    }

    @Test
    @Timeout(30)
    void manyRowsTakeSeconds() {
        var many = IntStream.range(0, 15_000).mapToObj(i -> rows.get(i % rows.size())).toList();
        var noisy = new Random(1).doubles(many.size()).toArray();

        assertThat(EvaluationReport.of(many, scores(noisy), many, noisy, 1).text())
                .contains("15,000 rows");
    }

    private EvaluationReport report(List<Outcome> known) {
        return EvaluationReport.of(rows, scores(gaps), known, gaps, 1);
    }

    private static Scores scores(double[] values) {
        return new Scores(values, values, Optional.empty());
    }

    /// The first line that begins with `start`.
    private static String line(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
    }
}
