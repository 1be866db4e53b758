package io.pointsman.gateway;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.get;
import static io.pointsman.gateway.OneModel.raw;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.pointsman.api.Classification;
import io.pointsman.backends.LeakCheck;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/// Ten thousand requests whose servers fail and whose clients hang up, in every way and phase, over
/// real sockets; and what is left of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class SoakTest {

    private static final int WARM_UP = 3_000;
    private static final int ENDS = 10_000;
    private static final int CLIENTS = 8;
    private static final int PATIENCE_MILLIS = 20;
    private static final String ANSWER =
            "data: "
                    + chunk("{\"content\":\"Hi\"}")
                    + "\n\ndata: "
                    + finish("stop")
                    + "\n\ndata: [DONE]\n\n";

    private final LoopResources loops = LoopResources.create("soak", 1, true);
    private final DisposableServer upstream =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .runOn(loops)
                    .handle((request, response) ->
                            request.receive().then().thenMany(Flux.defer(() -> answer(response))))
                    .bindNow();
    private final HttpClient client = HttpClient.newHttpClient();
    private final GatewayServer server = start();
    private Left before = new Left(0, 0, 0);
    private Left after = new Left(0, 0, 0);

    private GatewayServer start() {
        var config =
                GatewayConfigLoader.parse(
                        "test.yaml",
                        """
                        server: {port: 0}
                        management: {port: 0}
                        backends:
                          one: {base-url: "http://127.0.0.1:PORT/v1", model: m, max-in-flight: 50, breaker: {window: 1000, minimum-calls: 1000, failure-rate: 1}}
                          two: {base-url: "http://127.0.0.1:PORT/v1", model: m, max-in-flight: 50, breaker: {window: 1000, minimum-calls: 1000, failure-rate: 1}}
                        pools: {fast: {backends: [one, two], max-attempts: 2}}
                        policies: {default: fast}
                        """
                                .replace("PORT", String.valueOf(upstream.port())));
        return GatewayServer.start(
                config,
                Gateway.create(
                        config,
                        new SecretResolver(Map.of(), Files::readString),
                        (_, _) -> _ -> Classification.Scored.of(0.1, List.of())));
    }

    private static Publisher<Void> answer(HttpServerResponse response) {
        var some = "data: " + chunk("{\"content\":\"Hi\"}") + "\n\n";
        response.header("Content-Type", "text/event-stream");
        return switch (ThreadLocalRandom.current().nextInt(6)) {
            case 0 -> response.status(500).send();
            case 1 -> Mono.never();
            case 2 -> response.sendString(Flux.just(some).concatWith(Flux.never()));
            case 3 ->
                    response.sendString(
                            Flux.just(some)
                                    .concatWith(
                                            Mono.fromRunnable(() ->
                                                    response.withConnection(it -> it.dispose()))));
            default -> response.sendString(Mono.just(ANSWER));
        };
    }

    @BeforeAll
    void soak() throws Exception {
        send(WARM_UP);
        before = left();
        send(ENDS);
        after = left();
    }

    @AfterAll
    void close() {
        server.close();
        client.close();
        upstream.disposeNow();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }

    @Test
    void t03_allGaugesReadZeroAfterTenThousandEnds() throws Exception {
        assertThat(gauges()).hasSize(3).allSatisfy(gauge -> assertThat(gauge).endsWith(" 0.0"));
    }

    @Test
    void t04_noneOfTenThousandEndsLeaksABuffer() {
        assertThat(LeakCheck.found()).isEmpty();
    }

    /// What an hour would show is in docs/benchmarks.md; here it is what one request leaves.
    @Test
    void t58_heapBuffersAndDescriptorsAreFlatOverTenThousandAbortedRequests() {
        assertThat(after.heapBytes() - before.heapBytes()).isLessThan(200L * ENDS);
        assertThat(after.directBytes() - before.directBytes()).isLessThan(4L << 20);
        assertThat(after.descriptors() - before.descriptors()).isLessThan(40);
    }

    private void send(int count) throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> all =
                    IntStream.range(0, CLIENTS)
                            .mapToObj(seed ->
                                    clients.<Void>submit(() -> {
                                        var random = new Random(seed);
                                        for (int i = 0; i < count / CLIENTS; i++) {
                                            hangUp(random);
                                        }
                                        return null;
                                    }))
                            .toList();
            for (var one : all) {
                one.get();
            }
        }
    }

    /// Asks and hangs up: at once, after some bytes, or after the end or a while.
    private void hangUp(Random random) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var more = random.nextBoolean() ? ",\"stream\":true" : "";
            socket.getOutputStream().write(raw(body("fast", more)));
            int most = List.of(0, 1, 10_000).get(random.nextInt(3));
            if (most > 0) {
                socket.getInputStream().readNBytes(most);
            }
        } catch (SocketTimeoutException late) {
            assertThat(late.bytesTransferred).isNotNegative();
        }
    }

    private Left left() throws Exception {
        while (!gauges().stream().allMatch(gauge -> gauge.endsWith(" 0.0"))) {
            Thread.onSpinWait();
        }
        System.gc();
        var direct =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
        return new Left(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                direct,
                ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                        .getOpenFileDescriptorCount());
    }

    /// Requests under way, and those in flight at each backend.
    private List<String> gauges() throws Exception {
        return get(client, server.managementPort(), "/actuator/prometheus")
                .lines()
                .filter(line ->
                        line.startsWith("pointsman_requests_under_way ")
                                || line.startsWith("pointsman_backend_in_flight{"))
                .toList();
    }

    /// What is there when nothing is under way.
    private record Left(long heapBytes, long directBytes, long descriptors) {}
}
