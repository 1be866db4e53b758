package io.pointsman.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import io.pointsman.system.CountingUpstream.Tally;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Requests of random fates: whatever becomes of them, each has exactly one record, what the
/// records charge is what a counting server has produced, and nothing stays behind.
///
/// `-Dpointsman.fates=100000` runs so many instead of 2,000.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomFatesTest {

    private static final int SEEDS = 8;
    private static final int FATES = Integer.getInteger("pointsman.fates", 2_000) / SEEDS;
    private static final int AT_ONCE = 48;
    private static final long PATIENCE_SECONDS = 30;

    private final CountingUpstream upstream = CountingUpstream.start();
    private final Records records = new Records();
    private final Leaks leaks = new Leaks();
    private RunningGateway gateway;

    /// Tokens that the records so far charge.
    private long charged;

    @BeforeAll
    void start() {
        gateway =
                RunningGateway.start(
                        """
                        x-backend: &backend
                          model: m
                          price: {prompt: 1, completion: 2}
                          cooldown: 1ms
                          breaker: {window: 1000, minimum-calls: 1000}
                        backends:
                          a: {<<: *backend, base-url: "%s"}
                          b: {<<: *backend, base-url: "%s"}
                          c: {<<: *backend, base-url: "%s"}
                        pools:
                          fast:
                            backends: [a, b, c]
                            first-token-timeout: 500ms
                            between-tokens-timeout: 500ms
                            total-timeout: 20s
                            retry-backoff: 5ms
                            hedge: {after: 50ms, share: 0.5}
                        policies: {default: fast}
                        """
                                .formatted(
                                        upstream.baseUrl("a"),
                                        upstream.baseUrl("b"),
                                        upstream.baseUrl("c")));
        // The start of the gateway sets logging up anew.
        records.attach();
        leaks.attach();
    }

    @AfterAll
    void stop() {
        gateway.close();
        upstream.close();
        records.detach();
        leaks.detach();
    }

    static Stream<Long> seeds() {
        return Stream.iterate(1L, seed -> seed + 1).limit(SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void t12_everyRequestIsAccountedOnceForWhatWasProduced(long seed) throws Exception {
        var random = new Random(seed);
        var meetings = new ArrayList<Meeting>();
        for (int i = 0; i < FATES; i++) {
            var fate = Fate.random(random);
            var id = "fate-%d-%d".formatted(seed, i);
            meetings.add(new Meeting(id, fate, upstream.expect(id, fate)));
        }

        meet(meetings);

        for (var meeting : meetings) {
            var entry = records.await(meeting);
            check(meeting, entry);
            charged += entry.at("/completion_tokens").asLong();
        }
        awaitUsage();
        assertThat(records.doubles).isEmpty();
        awaitQuiet();
        assertThat(leaks.found).isEmpty();
        records.byId.clear();
        meetings.forEach(meeting -> upstream.forget(meeting.id()));
    }

    private record Meeting(String id, Fate fate, Tally tally) {

        @Override
        public String toString() {
            return "%s: %s, called %d times".formatted(id, fate, tally.calls());
        }
    }

    private void meet(List<Meeting> meetings) throws InterruptedException {
        var room = new Semaphore(AT_ONCE);
        var failures = new ConcurrentLinkedQueue<Throwable>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var meeting : meetings) {
                room.acquire();
                clients.execute(() -> {
                    try {
                        call(meeting);
                    } catch (IOException
                            | InterruptedException
                            | RuntimeException
                            | AssertionError e) {
                        failures.add(new AssertionError(meeting.toString(), e));
                    } finally {
                        room.release();
                    }
                });
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void check(Meeting meeting, JsonNode entry) {
        var fate = meeting.fate();
        var tally = meeting.tally();
        int charged = entry.at("/completion_tokens").asInt();
        int thoughts = entry.at("/reasoning_tokens").asInt();
        int attempts = entry.at("/attempts").size();
        var what = meeting + " " + entry;
        assertThat(thoughts).as(what).isLessThanOrEqualTo(charged);
        // A kept connection that turns out dead is replaced within an attempt, once.
        assertThat(tally.calls()).as(what).isLessThanOrEqualTo(2 * attempts);
        boolean replaced = tally.calls() > attempts + fate.drops();
        if (fate.exact() && !cutOff(entry) && !replaced) {
            assertThat(charged).as(what).isEqualTo(tally.tokens());
            assertThat(thoughts).as(what).isEqualTo(tally.thoughts());
            assertThat(tally.calls()).as(what).isGreaterThanOrEqualTo(attempts);
            assertThat(entry.at("/prompt_tokens").asInt())
                    .as(what)
                    .isGreaterThanOrEqualTo(tally.toldPrompts());
        } else {
            assertThat(charged).as(what).isLessThanOrEqualTo(tally.tokens());
        }
        var cost =
                new BigDecimal(entry.at("/prompt_tokens").asInt() + 2 * charged).movePointLeft(6);
        assertThat(entry.at("/cost_usd").decimalValue()).as(what).isEqualByComparingTo(cost);
    }

    /// Whether a call was cut off amid what it produces: by a hedge that won, or on a busy machine
    /// before its first token was read.
    private static boolean cutOff(JsonNode entry) {
        return entry.at("/attempts")
                .valueStream()
                .anyMatch(it ->
                        it.has("hedged")
                                || it.at("/outcome").asString().equals("first_token_timeout"));
    }

    /// The sums that are told must come to those of the records.
    private void awaitUsage() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        var total = usage();
        while (total.at("/requests").asLong() < records.seen.size()) {
            assertThat(System.nanoTime()).as(total.toString()).isLessThan(end);
            total = usage();
        }
        assertThat(total.at("/requests").asLong()).isEqualTo(records.seen.size());
        assertThat(total.at("/completion_tokens").asLong()).isEqualTo(charged);
    }

    private JsonNode usage() throws Exception {
        return RunningGateway.json(gateway.management("/v1/usage")).at("/total");
    }

    /// Everything that counts what is under way must come back to zero.
    private void awaitQuiet() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        var busy = busy();
        while (!busy.isEmpty()) {
            assertThat(System.nanoTime()).as("still busy: " + busy).isLessThan(end);
            Thread.onSpinWait();
            busy = busy();
        }
    }

    private List<String> busy() throws Exception {
        var busy = new ArrayList<String>();
        if (upstream.underWay() > 0) {
            busy.add("upstream " + upstream.underWay());
        }
        gateway.management("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith("pointsman_") && line.contains("in_flight"))
                .filter(line -> !line.endsWith(" 0.0") && !line.endsWith(" 0"))
                .forEach(busy::add);
        return busy;
    }

    private void call(Meeting meeting) throws IOException, InterruptedException {
        var fate = meeting.fate();
        var body =
                RunningGateway.body(
                        "fast",
                        "Tell me what becomes of me.",
                        fate.stream() ? ",\"stream\":true" : "");
        var head =
                """
                POST /v1/chat/completions HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Connection: close
                X-Request-Id: %s
                Content-Length: %d

                """
                        .formatted(meeting.id(), body.length())
                        .replace("\n", "\r\n");
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            socket.getOutputStream().write((head + body).getBytes(UTF_8));
            read(socket, meeting);
        }
    }

    private static void read(Socket socket, Meeting meeting)
            throws IOException, InterruptedException {
        var fate = meeting.fate();
        var script = fate.attempts().getFirst();
        switch (fate.patience()) {
            case NONE -> {}
            case UNTIL_CALLED -> await(meeting.tally().called());
            case SOME -> readTokens(socket, (script.tokens() + 1) / 2);
            case UNTIL_STALLED -> {
                if (fate.stream()) {
                    readTokens(socket, script.tokens());
                } else {
                    awaitStall(socket, meeting.tally());
                }
            }
            case WHOLE -> readTokens(socket, Integer.MAX_VALUE);
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /// On a busy machine the call may be given up before it stalls, and another one answer.
    private static void awaitStall(Socket socket, Tally tally)
            throws IOException, InterruptedException {
        var answer = socket.getInputStream();
        while (!tally.stalled().await(10, TimeUnit.MILLISECONDS) && answer.available() == 0) {
            // Neither yet.
        }
    }

    /// Reads until so many tokens have come, or all.
    private static void readTokens(Socket socket, int tokens) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        int left = tokens;
        for (var line = reader.readLine(); line != null && left > 0; line = reader.readLine()) {
            if (line.contains("\"hm ") || line.contains("\"word ")) {
                left--;
                if (left == 0) {
                    return;
                }
            }
        }
    }

    /// The ledger's lines by request.
    private static final class Records extends Listening {

        Records() {
            super("pointsman.ledger");
        }

        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private final Map<String, JsonNode> byId = new ConcurrentHashMap<>();
        private final Queue<JsonNode> doubles = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            var entry = RunningGateway.json(event.getFormattedMessage());
            synchronized (this) {
                var id = entry.at("/id").asString();
                if (seen.add(id)) {
                    byId.put(id, entry);
                } else {
                    doubles.add(entry);
                }
                notifyAll();
            }
        }

        private synchronized JsonNode await(Meeting meeting) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!byId.containsKey(meeting.id())) {
                long left = end - System.nanoTime();
                assertThat(left).as("no record of " + meeting).isPositive();
                wait(1 + left / 1_000_000);
            }
            return byId.get(meeting.id());
        }
    }

    /// What the leak detector reports.
    private static final class Leaks extends Listening {

        Leaks() {
            super(ResourceLeakDetector.class.getName());
        }

        private final Queue<String> found = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                found.add(event.getFormattedMessage());
            }
        }
    }

    private abstract static class Listening extends AppenderBase<ILoggingEvent> {

        private final Logger logger;

        Listening(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
        }

        void attach() {
            start();
            logger.addAppender(this);
            logger.setAdditive(false);
        }

        void detach() {
            logger.detachAppender(this);
            logger.setAdditive(true);
        }
    }
}
