package io.pointsman.benchmarks.load;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// What the simulated upstream does with each call. Immutable.
///
/// @param tokens of each answer
/// @param ttft median of the time to the first token
/// @param spread standard deviation of that time's logarithm; 0 for always the same
/// @param pace between one token and the next; with no TTFT and no pace an answer is one write
/// @param errors share of calls that are answered 503
/// @param cuts share of calls whose connection closes in mid-answer
record Behaviour(
        int tokens, Duration ttft, double spread, Duration pace, double errors, double cuts) {

    /// Answers at once.
    static Behaviour instant(int tokens) {
        return new Behaviour(tokens, Duration.ZERO, 0, Duration.ZERO, 0, 0);
    }

    /// Answers after `ttft`, a token each `pace`.
    static Behaviour paced(int tokens, Duration ttft, Duration pace) {
        return new Behaviour(tokens, ttft, 0, pace, 0, 0);
    }

    /// With a log-normal TTFT.
    Behaviour spread(double spread) {
        return new Behaviour(tokens, ttft, spread, pace, errors, cuts);
    }

    /// With failures.
    Behaviour failing(double errors, double cuts) {
        return new Behaviour(tokens, ttft, spread, pace, errors, cuts);
    }

    /// A TTFT, drawn.
    long ttftNanos(RandomGenerator random) {
        long median = ttft.toNanos();
        return spread == 0 ? median : (long) (median * Math.exp(spread * random.nextGaussian()));
    }

    /// As a query, which [#parse] reads.
    String query() {
        return "tokens=%d&ttft=%d&spread=%s&pace=%d&errors=%s&cuts=%s"
                .formatted(tokens, ttft.toNanos(), spread, pace.toNanos(), errors, cuts);
    }

    /// What [#query] wrote.
    static Behaviour parse(String query) {
        int tokens = 64;
        long ttft = 0;
        long pace = 0;
        double spread = 0;
        double errors = 0;
        double cuts = 0;
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var value = pair.substring(equals + 1);
            switch (pair.substring(0, Math.max(0, equals))) {
                case "tokens" -> tokens = Integer.parseInt(value);
                case "ttft" -> ttft = Long.parseLong(value);
                case "spread" -> spread = Double.parseDouble(value);
                case "pace" -> pace = Long.parseLong(value);
                case "errors" -> errors = Double.parseDouble(value);
                case "cuts" -> cuts = Double.parseDouble(value);
                default -> throw new IllegalArgumentException("no behaviour is named " + pair);
            }
        }
        return new Behaviour(
                tokens, Duration.ofNanos(ttft), spread, Duration.ofNanos(pace), errors, cuts);
    }
}
