package io.pointsman.classifier.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {

    @Test
    void placesWhatItIsGiven() {
        var chart =
                new Chart("Title", Axis.shares("across"), Axis.shares("up"))
                        .line(0, "diagonal", new double[] {0, 1}, new double[] {0, 1});

        var line = Pictures.parsed(chart.svg()).getElementsByTagName("polyline").item(0);

        // From the lower left to the upper right corner of the frame.
        assertThat(line.getAttributes().getNamedItem("points").getNodeValue())
                .isEqualTo("74.0,402.0 736.0,76.0 ");
    }

    @Test
    void aBandGoesThereAndBack() {
        var chart =
                new Chart("Title", Axis.shares("across"), Axis.shares("up"))
                        .band(0, new double[] {0, 1}, new double[] {0, 0}, new double[] {1, 1});

        var band = Pictures.parsed(chart.svg()).getElementsByTagName("polygon").item(0);

        assertThat(band.getAttributes().getNamedItem("points").getNodeValue())
                .isEqualTo("74.0,76.0 736.0,76.0 736.0,402.0 74.0,402.0 ");
    }

    @Test
    void namesMayHoldAnything() {
        var chart =
                new Chart("a < b & c", Axis.shares("<x>"), Axis.shares("\"y\""))
                        .bars(0, "]]> & <tag>")
                        .bar(0, new Chart.Span(0, 1), new Chart.Span(0, 1), "<hint>");

        var picture = Pictures.parsed(chart.svg());

        assertThat(Pictures.texts(picture, "title")).containsExactly("a < b & c", "<hint>");
        assertThat(Pictures.texts(picture, "text")).contains("]]> & <tag>", "<x>", "\"y\"");
    }

    @Test
    void suitsLightAndDark() {
        var svg = new Chart("Title", Axis.shares("across"), Axis.shares("up")).svg();

        assertThat(svg).contains("@media (prefers-color-scheme: dark)", "viewBox");
    }

    @ParameterizedTest
    @CsvSource({
        "0.55, 0.772, 0.55, 0.80",
        "0, 1, 0, 1",
        "0.3, 0.3, 0.30, 0.302",
        "0.301, 0.302, 0.3, 0.302"
    })
    void scalesOfScoresHoldThem(double low, double high, double from, double to) {
        var axis = Axis.scores("score", low, high);

        assertThat(axis.low()).isLessThanOrEqualTo(low + 1e-9).isCloseTo(from, within());
        assertThat(axis.high()).isGreaterThanOrEqualTo(high - 1e-9).isCloseTo(to, within());
        assertThat(axis.ticks()).hasSizeBetween(2, 9);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "1, 1, 2", "7, 8, 5", "1234, 1500, 4", "99999, 100000, 6"})
    void scalesOfCountsBeginAtZero(double most, double high, int ticks) {
        var axis = Axis.counts("labels", most);

        assertThat(axis.low()).isZero();
        assertThat(axis.high()).isEqualTo(high);
        assertThat(axis.ticks()).hasSize(ticks);
    }

    @Test
    void scalesOfDaysNameSome() {
        var axis = Axis.days(LocalDate.parse("2026-02-25"), 30);

        assertThat(axis.high()).isEqualTo(30);
        assertThat(axis.ticks()).hasSize(8);
        assertThat(axis.ticks().get(1)).isEqualTo(new Axis.Tick(4.5, "2026-03-01"));
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.api.Assertions.within(1e-3);
    }
}
