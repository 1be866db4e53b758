package io.pointsman.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Classification;
import io.pointsman.api.Price;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.accounting.RecordLines;
import io.pointsman.gateway.accounting.RequestRecord;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UsageFormatTest {

    private static final ReasonerPrice REASONER =
            new ReasonerPrice(
                    Optional.of(new Price(BigDecimal.ONE, BigDecimal.ONE, BigDecimal.valueOf(10))),
                    Set.of("deep"));

    private final Rollups rollups = new Rollups();

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @Test
    void tablesAlignAndSumUp() {
        fill();

        assertThat(UsageFormat.TABLE.write(report(UsageQuery.Dimension.TENANT)))
                .isEqualTo(
                        """
                        tenant  requests  completed  cancelled  failed  estimated  prompt  cached  completion  thinking   cost $  unpriced  on reasoner $  saving
                        team-a         2          2          0       0        50%     300      40          60        10  0.00031         0         0.0009   65.6%
                        team-b         1          1          0       0         0%     100       0          20         0        -         1              -       -
                        total          3          3          0       0        33%     400      40          80        10  0.00031         1         0.0009   65.6%
                        """);
    }

    @Test
    void csvIsForSpreadsheets() {
        fill();

        assertThat(
                        UsageFormat.CSV.write(
                                report(UsageQuery.Dimension.TENANT, UsageQuery.Dimension.BACKEND)))
                .isEqualTo(
                        """
                        tenant,backend,requests,completed,cancelled,failed,estimated,attempts,prompt_tokens,cached_tokens,completion_tokens,reasoning_tokens,cost_usd,unpriced_attempts,compared_requests,compared_cost_usd,reasoner_cost_usd,saving_percent
                        team-a,deep,1,1,0,0,1,1,200,40,40,10,0.0003,0,1,0.0003,0.0006,50
                        team-a,small,1,1,0,0,0,1,100,0,20,0,0.00001,0,1,0.00001,0.0003,96.7
                        team-b,small,1,1,0,0,0,1,100,0,20,0,,1,0,,,
                        """
                                .replace("\n", "\r\n"));
    }

    @Test
    void jsonIsForPrograms() {
        fill();

        assertThat(UsageFormat.JSON.write(report()))
                .isEqualTo(
                        """
                        {"by":[],"from":"2026-11-25T10:00:00Z","to":"2026-11-26T10:00:00Z","rows":[ROW],"total":ROW}
                        """
                                .replace(
                                        "ROW",
                                        """
                                        {"requests":3,"completed":3,"cancelled":0,"failed":0,"estimated":1,"attempts":3,\
                                        "prompt_tokens":400,"cached_tokens":40,"completion_tokens":80,"reasoning_tokens":10,\
                                        "cost_usd":0.00031,"unpriced_attempts":1,"compared_requests":2,\
                                        "compared_cost_usd":0.00031,"reasoner_cost_usd":0.0009,"saving_percent":65.6}\
                                        """));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "=1+1 | '=1+1",
                "+cmd | '+cmd",
                "-2 | '-2",
                "@SUM(A1) | '@SUM(A1)",
                "a,b | \"a,b\"",
                "a\"b | \"a\"\"b\""
            },
            quoteCharacter = '`')
    void t56_aLabelIsNoFormula(String label, String cell) {
        rollups.add(
                Records.START,
                new Rollups.Labels(label, "auto", "fast", "small"),
                new Sums().totals());

        assertThat(UsageFormat.CSV.write(report(UsageQuery.Dimension.TENANT)))
                .contains("\r\n" + cell + ",0,");
    }

    @Test
    void t56_aLabelControlsNoTerminal() {
        rollups.add(
                Records.START,
                new Rollups.Labels("a\u001b[31m\nb\u202e", "auto", "fast", "small"),
                new Sums().totals());

        for (var format : UsageFormat.values()) {
            assertThat(format.write(report(UsageQuery.Dimension.TENANT)))
                    .contains("a [31m b ")
                    .doesNotContain("\u001b", "\u202e", "\\u");
        }
    }

    @Test
    void t56_modelsBeyondAThousandAreOneMore() {
        for (int i = 0; i < 5_000; i++) {
            rollups.add(
                    Records.START,
                    new Rollups.Labels("a", "model-" + i, "fast", "small"),
                    new Sums().totals());
        }

        assertThat(rollups.size()).isEqualTo(1_001);
    }

    @Test
    void theOldestHoursBecomeDaysWhereThereAreTooMany() {
        var few = new Rollups(30);
        for (int hour = 0; hour < 72; hour++) {
            few.add(
                    Records.START.plus(Duration.ofHours(hour)),
                    new Rollups.Labels("a", "auto", "fast", "small"),
                    new Sums().totals());
        }

        assertThat(few.size()).isLessThanOrEqualTo(30);
        var hours =
                few.report(
                                new UsageQuery(
                                        List.of(UsageQuery.Dimension.HOUR),
                                        Records.START.minus(Duration.ofDays(2)),
                                        Records.START.plus(Duration.ofDays(9))))
                        .rows();
        assertThat(hours.getFirst().key()).containsExactly("2026-11-25T00:00:00Z");
        assertThat(hours.getLast().key()).containsExactly("2026-11-28T09:00:00Z");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLineIsReadAsItWasWritten(int seed) {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var request = Records.any(random, i, Records.START);
            var entry = Entry.read(RecordLines.of(request, REASONER));

            assertThat(entry.at()).isEqualTo(request.receivedAt());
            assertThat(entry.tenant()).isEqualTo(request.tenant());
            assertThat(entry.cost()).isEqualTo(request.cost());
            assertThat(entry.reasonerCost()).isEqualTo(REASONER.cost(request));
            assertThat(entry.attempts())
                    .extracting(Entry.Call::completion)
                    .containsExactlyElementsOf(
                            request.attempts().stream()
                                    .map(it -> (long) it.usage().completionTokens())
                                    .toList());
            assertThat(entry.attempts())
                    .extracting(Entry.Call::cost)
                    .containsExactlyElementsOf(
                            request.attempts().stream().map(it -> it.cost()).toList());
        }
    }

    @Test
    void whatAClientMadeUpIsHarmlessInALine() {
        var request =
                Records.record(
                        "r",
                        Records.START,
                        "a",
                        "x\u0000y\ud800" + "z".repeat(500),
                        Outcome.UNKNOWN_MODEL,
                        List.of());

        var entry = Entry.read(RecordLines.of(request, REASONER));

        assertThat(entry.model())
                .hasValueSatisfying(it -> assertThat(it).startsWith("x?y?z").hasSize(128));
    }

    @Test
    void theReasonerIsExpectedToThinkAsLongAsTheClassifierSays() {
        var request = priced("small", "0.00001", new Usage(100, 50, 20, 0, false));
        // 100 fresh tokens of prompt, 20 of answer, 300 of thinking.
        var thinking =
                new RequestRecord(
                        request.receivedAt(),
                        request.id(),
                        request.tenant(),
                        request.model(),
                        true,
                        Optional.of(expecting(300)),
                        request.route(),
                        request.policyVersion(),
                        request.attempts(),
                        request.usage(),
                        request.cost(),
                        request.outcome(),
                        request.classificationTime(),
                        request.overhead(),
                        request.timeToFirstToken(),
                        request.timeToAnswer(),
                        request.duration(),
                        0,
                        0);

        assertThat(REASONER.cost(request)).hasValue(new BigDecimal("0.0003"));
        assertThat(REASONER.cost(thinking)).hasValue(new BigDecimal("0.0033"));
        assertThat(ReasonerPrice.UNKNOWN.cost(request)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "24h, 2026-11-24T10:00:00Z",
        "30m, 2026-11-25T09:30:00Z",
        "7d, 2026-11-18T10:00:00Z",
        "2026-11-01, 2026-11-01T00:00:00Z",
        "2026-11-25T08:15:00Z, 2026-11-25T08:15:00Z"
    })
    void readsTimesAsPeopleWriteThem(String text, Instant moment) {
        var query =
                UsageQuery.parse(
                        Optional.empty(), Optional.of(text), Optional.empty(), Records.START);

        assertThat(query.from()).isEqualTo(moment);
        assertThat(query.by()).containsExactly(UsageQuery.Dimension.ROUTE);
    }

    @ParameterizedTest
    @CsvSource({
        "h",
        "''",
        "24",
        "-1h",
        "99999999999999999999h",
        "9223372036854775807d",
        "T",
        "2026-13-01"
    })
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() ->
                        UsageQuery.parse(
                                Optional.empty(),
                                Optional.of(text),
                                Optional.empty(),
                                Records.START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24h");
    }

    private static Classification expecting(int tokens) {
        return new Classification.Scored(
                0.1,
                Classification.Certainty.of(
                        new Classification.Interval(0.1, 0.1), Classification.Novelty.NONE),
                new Classification.Chances(0.9, 1),
                OptionalInt.of(tokens),
                List.of(),
                Optional.empty());
    }

    private void fill() {
        add("team-a", "small", "0.00001", new Usage(100, 0, 20, 0, false));
        add("team-a", "deep", "0.0003", new Usage(200, 40, 40, 10, true));
        add("team-b", "small", "", new Usage(100, 0, 20, 0, false));
    }

    private void add(String tenant, String backend, String cost, Usage usage) {
        var request =
                Records.record(
                        "r",
                        Records.START,
                        tenant,
                        "auto",
                        Outcome.COMPLETED,
                        List.of(Records.attempt(backend, usage, cost)));
        rollups.add(Entry.read(RecordLines.of(request, REASONER)));
    }

    private static RequestRecord priced(String backend, String cost, Usage usage) {
        return Records.record(
                "r",
                Records.START,
                "a",
                "auto",
                Outcome.COMPLETED,
                List.of(Records.attempt(backend, usage, cost)));
    }

    private UsageReport report(UsageQuery.Dimension... by) {
        return rollups.report(
                new UsageQuery(List.of(by), Records.START, Records.START.plus(Duration.ofDays(1))));
    }
}
