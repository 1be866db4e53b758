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
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.JsonLine.Name;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
    void writesALineThatNeverChanges() {
        var usage = new Usage(250, 16, 40, 0, false);
        var attempt =
                new Attempt(
                        Optional.of("fast"),
                        "r1@10.0.0.3:8000",
                        "org/model",
                        usage,
                        Optional.of(new BigDecimal("1E-7")),
                        Outcome.COMPLETED,
                        Optional.of(Duration.ofNanos(1_200_000)),
                        Duration.ofNanos(900),
                        true);
        var request =
                new RequestRecord(
                        Instant.parse("2026-11-25T10:00:00.000120Z"),
                        new RequestId("req-1"),
                        Optional.of("tëam \"a\"\n"),
                        Optional.of("auto"),
                        false,
                        Optional.of(Classification.Scored.of(0.1 + 0.2, List.of())),
                        Optional.of(new Route("fast", "easy", "difficulty 0.30 < 0.5", List.of())),
                        Optional.of("0123456789ab"),
                        List.of(attempt),
                        usage,
                        Optional.of(new BigDecimal("1E-7")),
                        Outcome.COMPLETED,
                        Duration.ofNanos(21_345),
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(1)),
                        Optional.of(Duration.ofSeconds(20_000)),
                        Duration.ofNanos(2_560_001),
                        1_024,
                        3_000_000_000L);

        assertThat(new String(RecordLines.of(request), UTF_8))
                .isEqualTo(
                        """
                        {"at":"2026-11-25T10:00:00.000120Z","id":"req-1","tenant":"tëam \\"a\\"\\n",\
                        "model":"auto","stream":false,"outcome":"completed","route":"fast",\
                        "rule":"easy","reason":"difficulty 0.30 < 0.5","policy":"0123456789ab",\
                        "difficulty":0.30000000000000004,"attempts":[{"pool":"fast",\
                        "backend":"r1@10.0.0.3:8000","model":"org/model","outcome":"completed",\
                        "prompt_tokens":250,"cached_tokens":16,"completion_tokens":40,\
                        "reasoning_tokens":0,"estimated":false,"cost_usd":0.0000001,"ttft_ms":1.2,\
                        "duration_ms":9.0E-4,"hedged":true}],"prompt_tokens":250,"cached_tokens":16,\
                        "completion_tokens":40,"reasoning_tokens":0,"estimated":false,\
                        "cost_usd":0.0000001,"reasoner_cost_usd":null,"ttft_ms":1.0,\
                        "time_to_answer_ms":2.0E7,"time_per_token_ms":0.04,\
                        "classification_ms":0.021345,"duration_ms":2.560001,"request_bytes":1024,\
                        "response_bytes":3000000000}\
                        """);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void writesTimesAsTheySayThemselves(long seed) {
        var random = new Random(seed);
        var at = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000) * 1_000_000L);
        var nanos = random.nextLong() >>> 1 >>> random.nextInt(62);
        var bytes = new ByteArrayOutputStream();
        var line = new JsonLine();

        line.begin('{');
        line.member(Name.AT, at);
        line.member(Name.AT, at.plusNanos(nanos));
        line.millis(Name.DURATION_MS, nanos);
        line.end('}');
        line.writeTo(bytes);

        assertThat(bytes.toString(UTF_8))
                .isEqualTo(
                        "{\"at\":\"%s\",\"at\":\"%s\",\"duration_ms\":%s}"
                                .formatted(at, at.plusNanos(nanos), nanos / 1e6));
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
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
                Classification.Certainty.of(new Interval(0, 1), novelty),
                new Chances(0.5, 0.5),
                OptionalInt.empty(),
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
