package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void readsSecondsAndDates() {
        assertThat(RetryAfter.parse(" 30 ", NOW)).contains(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("Mon, 23 Nov 2026 10:01:00 GMT", NOW))
                .contains(Duration.ofMinutes(1));
        assertThat(RetryAfter.parse("Mon, 23 Nov 2026 09:00:00 GMT", NOW)).contains(Duration.ZERO);
    }

    @Test
    void readsNothingElse() {
        for (var value : new String[] {"", "soon", "-1", "1.5", "99999999999"}) {
            assertThat(RetryAfter.parse(value, NOW)).as(value).isEmpty();
        }
    }
}
