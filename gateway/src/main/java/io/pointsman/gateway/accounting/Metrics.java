package io.pointsman.gateway.accounting;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.Classification;
import io.pointsman.api.Route;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Turns records into Prometheus metrics, by route and backend. Both labels come from the
/// configuration, never from a request, so the number of series is bounded. Meters are looked up
/// once and kept. Thread-safe.
public final class Metrics implements Ledger {

    private static final String NONE = "none";

    private static final Duration[] LATENCIES = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
        Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
                Duration.ofMillis(500),
        Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5),
                Duration.ofSeconds(10),
        Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(5),
        Duration.ofMinutes(10), Duration.ofMinutes(20),
    };
    private static final Duration[] OVERHEADS = {
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(250),
    };

    private final MeterRegistry registry;
    private final Map<Key, Series> series = new ConcurrentHashMap<>();
    private final Map<Verdict, Counter> classifications = new EnumMap<>(Verdict.class);
    private final Timer classification;
    private final Timer overhead;

    /// Records into `registry`.
    public Metrics(MeterRegistry registry) {
        this.registry = registry;
        this.classification =
                timer(
                        "pointsman.classification.duration",
                        "Time spent judging how hard a request is",
                        Tags.empty(),
                        OVERHEADS);
        this.overhead =
                timer(
                        "pointsman.overhead.duration",
                        "From the whole body read to the first backend called",
                        Tags.empty(),
                        OVERHEADS);
        for (var verdict : Verdict.values()) {
            classifications.put(
                    verdict,
                    Counter.builder("pointsman.classifications")
                            .description("Requests that the classifier was asked about")
                            .tag("outcome", verdict.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void record(RequestRecord request) {
        var route = request.route().map(Route::pool).orElse(NONE);
        var backend = request.backend().map(BackendDescriptor::configured).orElse(NONE);
        var its = series(route, backend);
        its.requests(request.outcome()).increment();
        for (var attempt : request.attempts()) {
            var configured = BackendDescriptor.configured(attempt.backend());
            var called = configured.equals(backend) ? its : series(route, configured);
            record(called.meters(), attempt);
            called.attempts(attempt.outcome()).increment();
        }
        if (request.classification().isPresent()) {
            classification.record(request.classificationTime());
            var verdict = Verdict.of(request.classification().get());
            Objects.requireNonNull(classifications.get(verdict)).increment();
        }
        record(overhead, request.overhead());
        if (!request.attempts().isEmpty()) {
            recordTimes(its.meters(), request);
        }
    }

    private static void record(RouteMeters to, Attempt attempt) {
        var usage = attempt.usage();
        to.prompt.increment(usage.promptTokens());
        to.cached.increment(usage.cachedTokens());
        to.completion.increment(usage.completionTokens());
        to.reasoning.increment(usage.reasoningTokens());
        if (attempt.cost().isPresent()) {
            to.cost.increment(attempt.cost().get().doubleValue());
        } else {
            to.unpriced.increment();
        }
    }

    private static void recordTimes(RouteMeters to, RequestRecord request) {
        record(to.firstToken, request.timeToFirstToken());
        record(to.answer, request.timeToAnswer());
        to.duration.record(request.duration());
        if (request.outcome() == Outcome.COMPLETED) {
            to.reasoningPerRequest.record(request.usage().reasoningTokens());
        }
    }

    private static void record(Timer timer, Optional<Duration> time) {
        if (time.isPresent()) {
            timer.record(time.get().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Series series(String route, String backend) {
        var key = new Key(route, backend);
        var known = series.get(key);
        return known != null ? known : series.computeIfAbsent(key, Series::new);
    }

    private Timer timer(String name, String description, Tags tags, Duration... buckets) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /// What the classifier made of a request.
    private enum Verdict {
        CERTAIN,
        NOVEL,
        UNSURE,
        UNKNOWN;

        private static Verdict of(Classification classification) {
            return switch (classification) {
                case Classification.Scored scored ->
                        scored.doubt()
                                .map(doubt ->
                                        switch (doubt) {
                                            case NOVEL -> NOVEL;
                                            case UNSURE -> UNSURE;
                                        })
                                .orElse(CERTAIN);
                case Classification.Unknown _ -> UNKNOWN;
            };
        }
    }

    private record Key(String route, String backend) {}

    /// What there is of one route and backend: each meter from when it is first needed.
    /// Thread-safe; who looks for a meter at the same time as another finds the same one.
    private final class Series {

        private final Key key;
        private final Map<Outcome, Counter> requests = new ConcurrentHashMap<>();
        private final Map<Outcome, Counter> attempts = new ConcurrentHashMap<>();
        private volatile @Nullable RouteMeters meters;

        private Series(Key key) {
            this.key = key;
        }

        private RouteMeters meters() {
            var known = meters;
            if (known == null) {
                known = new RouteMeters(key);
                meters = known;
            }
            return known;
        }

        private Counter requests(Outcome outcome) {
            return counter(requests, outcome, "pointsman.requests", "Requests by how they ended");
        }

        private Counter attempts(Outcome outcome) {
            return counter(
                    attempts,
                    outcome,
                    "pointsman.attempts",
                    "Calls to backends by how they ended, those of one request each");
        }

        private Counter counter(
                Map<Outcome, Counter> known, Outcome outcome, String name, String description) {
            var counter = known.get(outcome);
            if (counter == null) {
                counter =
                        Counter.builder(name)
                                .description(description)
                                .tag("route", key.route())
                                .tag("backend", key.backend())
                                .tag("outcome", outcome.label())
                                .register(registry);
                known.put(outcome, counter);
            }
            return counter;
        }
    }

    /// The meters of one route and backend.
    private final class RouteMeters {

        private final Counter prompt;
        private final Counter cached;
        private final Counter completion;
        private final Counter reasoning;
        private final Counter cost;
        private final Counter unpriced;
        private final Timer firstToken;
        private final Timer answer;
        private final Timer duration;
        private final DistributionSummary reasoningPerRequest;

        private RouteMeters(Key key) {
            var tags = Tags.of("route", key.route(), "backend", key.backend());
            prompt = tokens(tags, "prompt");
            cached = tokens(tags, "cached");
            completion = tokens(tags, "completion");
            reasoning = tokens(tags, "reasoning");
            cost =
                    Counter.builder("pointsman.cost.usd")
                            .description("Cost in US dollars, of the attempts that have a price")
                            .tags(tags)
                            .register(registry);
            unpriced =
                    Counter.builder("pointsman.missing.price")
                            .description("Attempts whose backend has no price configured")
                            .tags(tags)
                            .register(registry);
            firstToken =
                    timer(
                            "pointsman.time.to.first.token",
                            "Until the first visible token, thinking included",
                            tags,
                            LATENCIES);
            answer =
                    timer(
                            "pointsman.time.to.answer",
                            "Until the first token after the thinking",
                            tags,
                            LATENCIES);
            duration =
                    timer(
                            "pointsman.request.duration",
                            "Until the last byte, or until the request was given up",
                            tags,
                            LATENCIES);
            reasoningPerRequest =
                    DistributionSummary.builder("pointsman.reasoning.tokens.per.request")
                            .description("Tokens of thinking in one completed request")
                            .tags(tags)
                            .serviceLevelObjectives(1, 16, 64, 256, 1024, 4096, 16384, 65536)
                            .register(registry);
        }

        private Counter tokens(Tags tags, String kind) {
            return Counter.builder("pointsman.tokens")
                    .description(
                            "Tokens by kind; cached ones are part of prompt, reasoning ones of completion")
                    .tags(tags)
                    .tag("kind", kind)
                    .register(registry);
        }
    }
}
