package io.pointsman.gateway.ledger;

import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.Attempt;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.RequestRecord;
import io.pointsman.gateway.config.LedgerConfig;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Records as a gateway makes them.
public final class Records {

    /// When they begin.
    public static final Instant START = Instant.parse("2026-11-25T10:00:00Z");

    private static final List<String> BACKENDS = List.of("small", "spare", "deep");

    private Records() {}

    /// A record of one completed attempt.
    public static RequestRecord record(String id, Instant at, String tenant, String backend) {
        return record(
                id,
                at,
                tenant,
                "auto",
                Outcome.COMPLETED,
                List.of(attempt(backend, new Usage(100, 0, 20, 0, false), "0.0003")));
    }

    /// A record of these attempts.
    public static RequestRecord record(
            String id,
            Instant at,
            String tenant,
            String model,
            Outcome outcome,
            List<Attempt> attempts) {
        var usage = Usage.NONE;
        var cost = Optional.of(BigDecimal.ZERO);
        for (var attempt : attempts) {
            var its = attempt.usage();
            usage =
                    new Usage(
                            usage.promptTokens() + its.promptTokens(),
                            usage.cachedTokens() + its.cachedTokens(),
                            usage.completionTokens() + its.completionTokens(),
                            usage.reasoningTokens() + its.reasoningTokens(),
                            usage.estimates().and(its.estimates()));
            cost = cost.flatMap(sum -> attempt.cost().map(sum::add));
        }
        return new RequestRecord(
                at,
                new RequestId(id),
                Optional.of(tenant),
                Optional.of(model),
                true,
                Optional.empty(),
                attempts.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Route("fast", "default", "no rule matched", List.of())),
                Optional.of("0123456789ab"),
                attempts,
                usage,
                cost,
                outcome,
                Duration.ofNanos(120_000),
                Optional.of(Duration.ofNanos(300_000)),
                Optional.of(Duration.ofMillis(80)),
                Optional.of(Duration.ofMillis(80)),
                Duration.ofMillis(460),
                700,
                3_000);
    }

    /// An attempt; without a cost where that is empty.
    public static Attempt attempt(String backend, Usage usage, String cost) {
        return new Attempt(
                Optional.of("fast"),
                backend,
                "m",
                usage,
                cost.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(cost)),
                Outcome.COMPLETED,
                Optional.of(Duration.ofMillis(80)),
                Duration.ofMillis(450),
                false);
    }

    /// Any record at all.
    public static RequestRecord any(Random random, int number, Instant at) {
        var attempts = new ArrayList<Attempt>();
        for (int i = random.nextInt(4); i > 0; i--) {
            var prompt = random.nextInt(5_000);
            var completion = random.nextInt(2_000);
            attempts.add(
                    attempt(
                            BACKENDS.get(random.nextInt(BACKENDS.size())),
                            new Usage(
                                    prompt,
                                    prompt / 2,
                                    completion,
                                    completion / 3,
                                    random.nextInt(5) == 0),
                            random.nextInt(6) == 0
                                    ? ""
                                    : BigDecimal.valueOf(random.nextInt(100_000), 9)
                                            .toPlainString()));
        }
        var outcomes = Outcome.values();
        return record(
                "r" + number,
                at,
                "team-" + random.nextInt(3),
                random.nextBoolean() ? "auto" : "gpt-4o",
                outcomes[random.nextInt(outcomes.length - 1)] == Outcome.LEDGER_FULL
                        ? Outcome.COMPLETED
                        : outcomes[random.nextInt(3)],
                attempts);
    }

    /// A ledger in `folder`, forced with every batch.
    public static LedgerConfig in(Path folder) {
        return config(folder, LedgerConfig.WhenFull.COUNT, Duration.ofDays(90), 10L << 30);
    }

    /// A ledger in `folder`.
    public static LedgerConfig config(
            Path folder, LedgerConfig.WhenFull whenFull, Duration retention, long maxSize) {
        return new LedgerConfig(
                Optional.of(folder),
                Duration.ZERO,
                whenFull,
                retention,
                maxSize,
                Optional.empty(),
                Optional.empty());
    }
}
