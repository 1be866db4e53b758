package io.pointsman.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import io.pointsman.gateway.accounting.Outcome;
import io.pointsman.gateway.accounting.ReasonerPrice;
import io.pointsman.gateway.accounting.RecordLines;
import io.pointsman.gateway.config.LedgerConfig;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LedgerLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Logger logger = (Logger) LoggerFactory.getLogger("pointsman.ledger");
    private final Console console = new Console();

    @BeforeEach
    void attach() {
        console.start();
        logger.addAppender(console);
        logger.setAdditive(false);
    }

    @AfterEach
    void detach() {
        logger.detachAppender(console);
        logger.setAdditive(true);
    }

    @Test
    void aRecordIsLoggedAsTheLineThatTheSpoolHolds() {
        var record = Records.record("r", Records.START, "a", "small");
        try (var ledger = open()) {
            ledger.record(record);
        }

        assertThat(console.lines)
                .containsExactly(new String(RecordLines.of(record), StandardCharsets.UTF_8));
    }

    @Test
    void allIsLoggedInOrderBeforeTheLedgerIsClosed() {
        try (var ledger = open()) {
            for (int i = 0; i < 5_000; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
        }

        assertThat(console.lines).hasSize(5_000);
        int next = 0;
        for (var line : console.lines) {
            assertThat(line).contains("\"id\":\"r" + next++ + "\"");
        }
    }

    @Test
    void linesThatCameTogetherGoOutTogetherAndAtOnce() throws InterruptedException {
        int count = 5_000;
        var stream = new Stream();
        logger.detachAppender(console);
        logger.addAppender(stream.appender());
        try (var ledger = open()) {
            for (int i = 0; i < count; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
            }
            assertThat(stream.await(count)).isTrue();
        } finally {
            logger.detachAppender("stream");
        }

        assertThat(stream.flushes.get()).isBetween(1, count / 10);
    }

    @Test
    void aRefusedRequestIsLoggedThoughItIsNotKept() throws InterruptedException {
        try (var ledger = open()) {
            ledger.record(
                    Records.record(
                            "r", Records.START, "a", "auto", Outcome.LEDGER_FULL, List.of()));
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(ledger.status().written()).isZero();
        }

        assertThat(console.lines)
                .singleElement()
                .asString()
                .contains("\"outcome\":\"ledger_full\"");
    }

    @Test
    void aConsoleThatStandsStillCostsLinesAndNoRecords() throws InterruptedException {
        int count = 40_000;
        console.stand();
        var ledger = open();
        try {
            for (int i = 0; i < count; i++) {
                ledger.record(Records.record("r" + i, Records.START, "a", "small"));
                if (i % 1_000 == 0) {
                    assertThat(ledger.flush(PATIENCE)).isTrue();
                }
            }
            assertThat(ledger.flush(PATIENCE)).isTrue();
            assertThat(ledger.accepting()).isTrue();
            assertThat(ledger.status().written()).isEqualTo(count);
            assertThat(ledger.status().dropped()).isZero();
            assertThat(ledger.status().unlogged()).isBetween(1L, count - 1L);
        } finally {
            console.goOn();
            ledger.close();
        }

        assertThat(console.lines.size() + ledger.status().unlogged()).isEqualTo(count);
    }

    private static RecordLedger open() {
        return RecordLedger.open(LedgerConfig.DEFAULT, ReasonerPrice.UNKNOWN, () -> Records.START);
    }

    /// Where the log goes to.
    private static final class Console extends AppenderBase<ILoggingEvent> {

        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private volatile CountDownLatch moving = new CountDownLatch(0);

        void stand() {
            moving = new CountDownLatch(1);
        }

        void goOn() {
            moving.countDown();
        }

        @Override
        protected void append(ILoggingEvent event) {
            try {
                moving.await();
                lines.add(event.getFormattedMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// A file, say: what was written to it is there once it was flushed.
    private final class Stream extends OutputStream {

        private final AtomicInteger flushes = new AtomicInteger();
        private int written;
        private int there;

        private OutputStreamAppender<ILoggingEvent> appender() {
            var encoder = new PatternLayoutEncoder();
            encoder.setContext(logger.getLoggerContext());
            encoder.setPattern("%msg%n");
            encoder.start();
            var appender = new OutputStreamAppender<ILoggingEvent>();
            appender.setContext(logger.getLoggerContext());
            appender.setName("stream");
            appender.setEncoder(encoder);
            appender.setOutputStream(this);
            appender.start();
            return appender;
        }

        @Override
        public synchronized void write(int b) {
            written += b == '\n' ? 1 : 0;
        }

        @Override
        public synchronized void flush() {
            flushes.incrementAndGet();
            there = written;
            notifyAll();
        }

        private synchronized boolean await(int lines) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (there < lines && System.nanoTime() < end) {
                wait(100);
            }
            return there == lines;
        }
    }
}
