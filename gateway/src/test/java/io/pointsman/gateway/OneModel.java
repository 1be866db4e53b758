package io.pointsman.gateway;

import static io.pointsman.gateway.FakeBackend.CHUNKS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.Classification;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Tenant;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.admission.ApiKeys;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.http.ChatEndpoint;
import io.pointsman.gateway.http.Entrance;
import io.pointsman.gateway.http.RequestGate;
import io.pointsman.gateway.learning.Learning;
import io.pointsman.gateway.routing.ModelCatalog;
import io.pointsman.gateway.routing.Routing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A gateway with one scripted model, and calls to it as they stand on the wire.
final class OneModel {

    private OneModel() {}

    /// Starts a gateway with `model` alone that pings soon, and `drain` among the keys of its
    /// server.
    static GatewayServer start(FakeBackend model, String drain) {
        var config = config("60ms", drain);
        return GatewayServer.start(config, gateway(model, config));
    }

    /// @param silence when the first ping comes
    static GatewayConfig config(String silence, String drain) {
        return GatewayConfigLoader.parse(
                "test.yaml",
                """
                server:
                  port: 0
                  first-ping-after: %s
                  ping-interval: 40ms
                  max-concurrent-requests: 3
                  %s
                management: {port: 0}
                backends: {small: {base-url: "http://localhost:1/v1", model: m}}
                pools: {fast: {backends: [small], max-attempts: 1}}
                policies: {default: fast}
                """
                        .formatted(silence, drain));
    }

    static Gateway gateway(FakeBackend model, GatewayConfig config) {
        // Its breaker does not open for the failures of these tests.
        var patient = new BreakerSettings(1000, 1000, 100, Duration.ofSeconds(10), 1);
        var guarded = new GuardedBackend(model, patient, Clock.systemUTC());
        var registry = Backends.registry(config.pools(), Map.of("small", guarded));
        var routing =
                new Routing(
                        new ModelCatalog(Map.of("fast", 4096), Map.of()),
                        _ -> Classification.Scored.of(0.1, List.of("test")),
                        config.policies().policy(),
                        registry,
                        Ticker.SYSTEM,
                        config.policyVersion());
        return new Gateway(
                ApiKeys.parse("keys", ""),
                name -> new Tenant(name, true),
                routing,
                new Backends(registry, List.of()),
                config);
    }

    /// The endpoint alone, without the server around it.
    static ChatEndpoint endpoint(FakeBackend model, RequestGate gate, Ledger ledger) {
        var config = config("1m", "");
        var gateway = gateway(model, config);
        return new ChatEndpoint(
                new Entrance(gate, new SimpleMeterRegistry()),
                gateway.authenticator(),
                config.server(),
                gateway::routing,
                gateway.dispatcher(),
                ledger,
                Learning.Off.OFF,
                InstantSource.system());
    }

    static String health(HttpClient client, GatewayServer of, String probe) throws Exception {
        return health(client, of.managementPort(), probe);
    }

    static String health(HttpClient client, int management, String probe) throws Exception {
        return get(client, management, "/actuator/health/" + probe);
    }

    static String get(HttpClient client, int port, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    static List<ChatEvent> answer(String text) {
        return List.of(
                CHUNKS.content(text),
                CHUNKS.finish(0, FinishReason.STOP),
                CHUNKS.usage(FakeBackend.USAGE),
                new ChatEvent.Finished(FinishReason.STOP, FakeBackend.USAGE));
    }

    static FailureException broken() {
        return new FailureException(new Failure.Broken("the connection broke"));
    }

    static HttpResponse<String> send(HttpClient client, GatewayServer to, String more)
            throws Exception {
        return client.send(chat(to, more), BodyHandlers.ofString());
    }

    static HttpRequest chat(GatewayServer to, String more) {
        return HttpRequest.newBuilder(uri(to))
                .POST(BodyPublishers.ofString(body("fast", more)))
                .build();
    }

    static URI uri(GatewayServer to) {
        return URI.create("http://127.0.0.1:" + to.port() + "/v1/chat/completions");
    }

    static String body(String model, String more) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]%s}"
                .formatted(model, more);
    }

    static byte[] raw(String body) {
        return raw("HTTP/1.1", "", body);
    }

    private static byte[] raw(String version, String header, String body) {
        return "POST /v1/chat/completions %s\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(version, header, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
    }

    static Call call(GatewayServer to, String more) throws IOException {
        return call(to, "HTTP/1.1", "", more);
    }

    /// @param header a line of the request's head, or none
    static Call call(GatewayServer to, String version, String header, String more)
            throws IOException {
        return call(to.port(), raw(version, header, body("fast", more)));
    }

    /// Sends `request` as it is.
    static Call call(int port, byte[] request) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request);
        return new Call(
                socket,
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
    }

    /// A call as it stands on the wire; lines of chunked framing are among the lines.
    record Call(Socket socket, BufferedReader reader) implements AutoCloseable {

        String head() throws IOException {
            var head = new StringBuilder();
            for (var line = reader.readLine();
                    line != null && !line.isEmpty();
                    line = reader.readLine()) {
                head.append(line).append('\n');
            }
            return head.toString();
        }

        /// The next `count` lines that begin so.
        List<String> lines(String begin, int count) throws IOException {
            var lines = new ArrayList<String>();
            while (lines.size() < count) {
                var line = reader.readLine();
                if (line == null) {
                    break;
                }
                if (line.startsWith(begin)) {
                    lines.add(line);
                }
            }
            return lines;
        }

        List<String> until(String last) throws IOException {
            var lines = new ArrayList<String>();
            String line;
            do {
                line = reader.readLine();
                lines.add(String.valueOf(line));
            } while (line != null && !line.equals(last));
            return lines;
        }

        /// What comes until the last chunk or the end.
        String rest() throws IOException {
            var rest = new StringBuilder();
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                rest.append(line).append('\n');
                if (line.equals("0")) {
                    reader.readLine();
                    break;
                }
            }
            return rest.toString();
        }

        /// Reads all to the last chunk, and counts.
        long drain() throws IOException {
            long bytes = 0;
            for (var line = reader.readLine();
                    line != null && !line.equals("0");
                    line = reader.readLine()) {
                bytes += line.length();
            }
            return bytes;
        }

        /// Whether the server has closed the connection, or does so now.
        boolean closed() throws IOException {
            return reader.read() < 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
