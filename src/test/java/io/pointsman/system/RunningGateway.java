package io.pointsman.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.gateway.ClassifierSource;
import io.pointsman.gateway.Gateway;
import io.pointsman.gateway.GatewayServer;
import io.pointsman.gateway.config.GatewayConfig;
import io.pointsman.gateway.config.GatewayConfigLoader;
import io.pointsman.gateway.config.SecretResolver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A gateway in this process, called over its socket. Thread-safe.
final class RunningGateway implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GatewayServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningGateway(GatewayServer server) {
        this.server = server;
    }

    /// Starts what `config` describes, with the secrets that `secrets` finds.
    static RunningGateway start(GatewayConfig config, SecretResolver secrets) {
        return new RunningGateway(GatewayServer.start(config, Gateway.create(config, secrets)));
    }

    /// Starts what `config` describes, with the secrets that `secrets` finds and a classifier of
    /// `classifiers`.
    static RunningGateway start(
            GatewayConfig config, SecretResolver secrets, ClassifierSource classifiers) {
        return new RunningGateway(
                GatewayServer.start(config, Gateway.create(config, secrets, classifiers)));
    }

    /// Starts what `yaml` describes, on ports that are free and without keys, and with an empty
    /// environment.
    static RunningGateway start(String yaml) {
        return start(
                GatewayConfigLoader.parse(
                        "pointsman.yaml", "server: {port: 0}\nmanagement: {port: 0}\n" + yaml),
                new SecretResolver(Map.of(), Files::readString));
    }

    int port() {
        return server.port();
    }

    /// What an OpenAI client is pointed at.
    String baseUrl() {
        return "http://127.0.0.1:" + port() + "/v1";
    }

    /// A request to `path`, which begins with a slash behind `/v1`.
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl() + path)).timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /// Posts `body` to the chat endpoint.
    HttpResponse<String> chat(String body) throws IOException, InterruptedException {
        return chat(body.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> chat(byte[] body) throws IOException, InterruptedException {
        return send(request("/chat/completions").POST(BodyPublishers.ofByteArray(body)));
    }

    /// What the management server says at `path`.
    String management(String path) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + server.managementPort() + path);
        return send(HttpRequest.newBuilder(uri).timeout(PATIENCE)).body();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }

    /// The body of a request for `model` with the one message `text`, and `more` fields, each led
    /// by a comma.
    static String body(String model, String text, String more) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
                .formatted(model, text, more);
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    /// The value of the gateway's own header `name`, which must be there.
    static String fact(HttpResponse<String> response, String name) {
        return response.headers().firstValue("x-pointsman-" + name).orElseThrow();
    }

    /// The payloads of a body of server-sent events.
    static List<String> events(HttpResponse<String> response) {
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    /// Asserts an error in OpenAI's shape.
    static void assertError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        var error = json(response).at("/error");
        assertThat(error.at("/message").asString()).isNotBlank();
        assertThat(error.at("/type").asString()).isNotBlank();
        assertThat(error.has("param")).isTrue();
        assertThat(error.at("/code").asString()).isEqualTo(code);
    }
}
