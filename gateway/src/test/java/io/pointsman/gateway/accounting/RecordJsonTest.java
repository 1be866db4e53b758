package io.pointsman.gateway.accounting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Estimates;
import io.pointsman.api.RequestId;
import io.pointsman.api.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordJsonTest {

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
        var request =
                new RequestRecord(
                        Instant.EPOCH,
                        new RequestId("r"),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(attempt),
                        usage,
                        Optional.empty(),
                        Outcome.COMPLETED,
                        Duration.ZERO,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ZERO,
                        0,
                        0);

        var line = new String(new RecordJson(ReasonerPrice.UNKNOWN).write(request), UTF_8);

        assertThat(line.split(Pattern.quote(told), -1)).hasSize(3);
    }
}
