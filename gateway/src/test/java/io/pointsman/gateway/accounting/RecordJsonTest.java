package io.pointsman.gateway.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.api.RequestId;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-25T10:00:00Z",
                "2026-11-25T10:00:00.5Z",
                "2026-11-25T10:00:00.120Z",
                "2026-11-25T10:00:00.000001Z",
                "2026-11-25T10:00:00.123456789Z",
                "1969-12-31T23:59:59.999Z",
                "+12026-01-01T00:00:00.001Z"
            })
    void writesAMomentAsTheJdkDoes(String text) {
        var moment = Instant.parse(text);
        var json = new RecordJson(ReasonerPrice.UNKNOWN);

        for (var each : List.of(moment, moment, moment.plusMillis(1), moment.plusSeconds(1))) {
            var record = record(Classification.Scored.of(0, List.of()), each);
            assertThat(new JsonMapper().readTree(json.write(record)).at("/at").asString())
                    .isEqualTo(each.toString());
        }
    }

    private static Classification scored(Novelty novelty) {
        return new Classification.Scored(
                0.25,
                new Interval(0, 1),
                new Chances(0.5, 0.5),
                OptionalInt.empty(),
                TaskType.OTHER,
                Tier.MEDIUM,
                novelty,
                List.of(),
                Optional.empty());
    }

    private static JsonNode line(Classification classification) {
        var json = new RecordJson(ReasonerPrice.UNKNOWN);
        return new JsonMapper().readTree(json.write(record(classification, Instant.EPOCH)));
    }

    private static RequestRecord record(Classification classification, Instant receivedAt) {
        var records = new ArrayList<RequestRecord>();
        var account = new Account(new RequestId("r"), records::add, () -> 0, receivedAt);
        account.classified(classification, 0);
        account.settle(Outcome.COMPLETED);
        return records.getFirst();
    }
}
