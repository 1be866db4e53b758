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
        var records = new ArrayList<RequestRecord>();
        var account = new Account(new RequestId("r"), records::add, () -> 0, Instant.EPOCH);
        account.classified(classification, 0);
        account.settle(Outcome.COMPLETED);
        return tree(records.getFirst());
    }

    private static JsonNode tree(RequestRecord request) {
        return new JsonMapper().readTree(new RecordJson(ReasonerPrice.UNKNOWN).write(request));
    }
}
