package io.pointsman.gateway.accounting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.api.Estimates;
import io.pointsman.api.RequestId;
import io.pointsman.api.Usage;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RecordJsonTest {

    @Test
    void saysWhyAScoreIsDoubted() {
        assertThat(line(scored(new Novelty(0.9, true))).at("/doubt").asString()).isEqualTo("novel");
        assertThat(line(scored(new Novelty(0.1, false))).at("/doubt").asString())
                .isEqualTo("unsure");
    }

    @Test
    void saysNothingOfDoubtWhereThereIsNone() {
        var line = line(Classification.Scored.of(0.25, List.of()));

        assertThat(line.at("/difficulty").asDouble()).isEqualTo(0.25);
        assertThat(line.has("doubt")).isFalse();
    }

    @Test
    void oneRecordThatCannotBeWrittenLeavesNothingInThoseAfterIt() {
        var bytes = new ByteArrayOutputStream();
        var json = new RecordJson(bytes);
        var first = lasting(Duration.ofMillis(1));
        var second = lasting(Duration.ofMillis(2));

        json.write(first, null);
        assertThatThrownBy(() -> json.write(lasting(Duration.ofSeconds(Long.MAX_VALUE)), null))
                .isInstanceOf(ArithmeticException.class);
        json.write(second, null);

        assertThat(bytes.toString(UTF_8))
                .isEqualTo(
                        new String(RecordLines.of(first), UTF_8)
                                + new String(RecordLines.of(second), UTF_8));
    }

    private static Classification scored(Novelty novelty) {
        return new Classification.Scored(
                0.25,
                new Interval(0, 1),
                new Chances(0.5, 0.5),
                OptionalInt.empty(),
                novelty,
                List.of(),
                Optional.empty());
    }

    private static JsonNode line(Classification classification) {
        var records = new ArrayList<RequestRecord>();
        var account = new Account(new RequestId("r"), records::add, () -> 0, Instant.EPOCH);
        account.classified(classification, 0);
        account.settle(Outcome.COMPLETED);
        return new JsonMapper().readTree(RecordLines.of(records.getFirst()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    NONE       | "estimated":false,"cost_usd"
                    PROMPT     | "estimated":true,"estimates":["prompt"],"cost_usd"
                    COMPLETION | "estimated":true,"estimates":["completion"],"cost_usd"
                    ALL        | "estimated":true,"estimates":["prompt","completion"],"cost_usd"
                    """)
    void saysWhichCountsAreEstimatesOfEachAttemptAndOfAll(Estimates estimates, String told) {
        var usage = new Usage(5, 0, 7, 0, estimates);
        var attempt =
                new Attempt(
                        Optional.empty(),
                        "b",
                        "m",
                        usage,
                        Optional.empty(),
                        Outcome.COMPLETED,
                        Optional.empty(),
                        Duration.ZERO,
                        false);
        var request = record(List.of(attempt), usage, Duration.ZERO);

        var line = new String(RecordLines.of(request), UTF_8);

        assertThat(line.split(Pattern.quote(told), -1)).hasSize(3);
    }

    private static RequestRecord lasting(Duration duration) {
        return record(List.of(), Usage.NONE, duration);
    }

    private static RequestRecord record(List<Attempt> attempts, Usage usage, Duration duration) {
        return new RequestRecord(
                Instant.EPOCH,
                new RequestId("r"),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                attempts,
                usage,
                Optional.empty(),
                Outcome.COMPLETED,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                duration,
                0,
                0);
    }
}
