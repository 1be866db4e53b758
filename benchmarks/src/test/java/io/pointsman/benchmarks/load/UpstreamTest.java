package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class UpstreamTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final Upstream upstream;
    private final int port;

    UpstreamTest() throws IOException, InterruptedException {
        port = freePort();
        upstream = new Upstream(port);
    }

    @BeforeEach
    void answersAtOnce() throws IOException {
        behave(Behaviour.instant(3));
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void answersInJsonUnlessAStreamIsAskedFor() throws IOException {
        var answer = call("{\"model\":\"a\",\"messages\":[{\"content\":\"\\\"stream\\\":true\"}]}");

        var json = JSON.readTree(answer.substring(answer.indexOf('{')));
        assertThat(json.at("/usage/completion_tokens").intValue()).isEqualTo(3);
        assertThat(json.at("/choices/0/message/content").stringValue()).startsWith("~");
    }

    @Test
    void streamsAChunkForEachTokenAndTheUsageWhereItIsAskedFor() throws IOException {
        var answer =
                call("{\"stream\": true,\"stream_options\":{\"include_usage\": true},\"x\":1}");

        assertThat(answer).contains("text/event-stream").endsWith("data: [DONE]\n\n\r\n0\r\n\r\n");
        assertThat(answer.split("~", -1)).hasSize(4);
        assertThat(answer).contains("\"completion_tokens\":3");
        for (var line : answer.lines().filter(it -> it.startsWith("data: {")).toList()) {
            assertThat(JSON.readTree(line.substring(6)).path("object").stringValue())
                    .isEqualTo("chat.completion.chunk");
        }
    }

    @Test
    void seesWhatStandsAtTheEndOfALongBody() throws IOException {
        var answer = call("{\"a\":\"" + "x".repeat(300_000) + "\",\"stream\":true}");

        assertThat(answer).contains("text/event-stream").doesNotContain("\"usage\":{");
    }

    @Test
    void isMeasuredTokenByToken() throws Exception {
        behave(Behaviour.paced(5, Duration.ofMillis(2), Duration.ofMillis(2)));
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (var generator =
                new Generator(
                        group.next(), port, new ChatRequests(port, Map.of(), "a", 1000, true), 5)) {
            generator.closedLoop(3);
            var seen = new Figures();
            while (seen.completed < 20) {
                seen.add(generator.take());
            }

            assertThat(seen.failed + seen.truncated).isZero();
            assertThat(seen.tokens).isGreaterThanOrEqualTo(100);
            assertThat(seen.duration.getMinValue()).isGreaterThan(8_000_000);
            // What the generator adds is far from what the upstream took.
            assertThat(seen.firstAdded.getValueAtPercentile(50)).isLessThan(5_000_000);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void countsWhatFailsAndWhatIsCut() throws Exception {
        behave(Behaviour.paced(4, Duration.ofMillis(1), Duration.ofMillis(1)).failing(0.5, 0.5));
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (var generator =
                new Generator(
                        group.next(), port, new ChatRequests(port, Map.of(), "a", 1000, true), 4)) {
            generator.closedLoop(2);
            var seen = new Figures();
            while (seen.failed < 5 || seen.truncated < 5) {
                seen.add(generator.take());
            }

            assertThat(seen.completed).isZero();
            assertThat(generator.lastRefusal()).contains("overloaded");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void aBehaviourReadsWhatItWrites() {
        var behaviour =
                Behaviour.paced(7, Duration.ofMillis(20), Duration.ofMillis(3))
                        .spread(0.25)
                        .failing(0.1, 0.2);

        assertThat(Behaviour.parse(behaviour.query())).isEqualTo(behaviour);
    }

    private void behave(Behaviour behaviour) throws IOException {
        send("GET /rig/behaviour?" + behaviour.query() + " HTTP/1.1\r\nhost: a\r\n\r\n");
    }

    private String call(String body) throws IOException {
        return send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    private String send(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            socket.getOutputStream().flush();
            var done = new boolean[1];
            var text = new StringBuilder();
            var reader =
                    new HttpReader(
                            new HttpReader.Listener() {
                                @Override
                                public void head(byte[] bytes, int length) {}

                                @Override
                                public void body(byte[] bytes, int from, int to) {}

                                @Override
                                public void end() {
                                    done[0] = true;
                                }
                            },
                            true);
            var buffer = new byte[8192];
            while (!done[0]) {
                int read = socket.getInputStream().read(buffer);
                if (read < 0) {
                    break;
                }
                text.append(new String(buffer, 0, read, UTF_8));
                reader.read(buffer, 0, read);
            }
            return text.toString();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
