package io.pointsman.gateway.ledger;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A question about usage. Immutable.
///
/// @param by what rows are kept apart by, in the order of the columns; may be empty
/// @param from the first hour is the one that this is in
/// @param to the last hour is the one that begins before this
public record UsageQuery(List<Dimension> by, Instant from, Instant to) {

    /// How far back is asked where nobody says.
    public static final String DEFAULT_FROM = "24h";

    private static final int MAX_DIMENSIONS = Dimension.values().length;

    public UsageQuery {
        by = List.copyOf(by);
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("from must be before to");
        }
    }

    /// What rows can be kept apart by.
    public enum Dimension {
        TENANT,
        MODEL,
        ROUTE,
        BACKEND,
        HOUR;

        /// Its name in questions and columns.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The beginning of the first hour.
    Instant firstHour() {
        return from.truncatedTo(ChronoUnit.HOURS);
    }

    /// Reads a question as people write it.
    ///
    /// @param by names of dimensions, separated by commas; empty for `route`
    /// @param from a time such as `2026-11-25T10:00:00Z` or `2026-11-25`, or an age such as `24h`;
    ///   empty for the last 24 hours
    /// @param to likewise; empty for now
    /// @throws IllegalArgumentException that says what is wrong and what is right
    public static UsageQuery parse(
            Optional<String> by, Optional<String> from, Optional<String> to, Instant now) {
        var end = to.map(text -> moment("to", text, now)).orElse(now.plusMillis(1));
        return new UsageQuery(
                dimensions(by.orElse("route")),
                moment("from", from.orElse(DEFAULT_FROM), now),
                end);
    }

    private static List<Dimension> dimensions(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        var names = text.split(",", MAX_DIMENSIONS + 1);
        var found = Arrays.stream(names).map(UsageQuery::dimension).distinct().toList();
        if (found.size() < names.length) {
            throw new IllegalArgumentException("by names a dimension twice");
        }
        return found;
    }

    private static Dimension dimension(String name) {
        return Arrays.stream(Dimension.values())
                .filter(dimension -> dimension.label().equals(name.strip()))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "by may name %s, separated by commas"
                                        .formatted(
                                                Arrays.stream(Dimension.values())
                                                        .map(Dimension::label)
                                                        .collect(Collectors.joining(", ")))));
    }

    private static Instant moment(String what, String text, Instant now) {
        try {
            return text.indexOf('T') > 0
                    ? Instant.parse(text)
                    : text.indexOf('-') > 0
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : now.minus(age(text));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    what
                            + " must be an age such as 30m, 24h or 7d, a day such as 2026-11-25, or a"
                            + " time such as 2026-11-25T10:00:00Z",
                    e);
        }
    }

    private static Duration age(String text) {
        var unit = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
        var number = Long.parseLong(text, 0, Math.max(0, text.length() - 1), 10);
        if (number < 0) {
            throw new NumberFormatException("an age is not negative");
        }
        return switch (unit) {
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> throw new NumberFormatException("no unit");
        };
    }
}
