package io.pointsman.backends.openai;

import static io.pointsman.backends.FakeUpstream.finish;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.backends.ChatRequests;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

class PinnedResolverTest {

    private static final String PASSWORD = "secret";

    /// The certificate is for the name alone, and nobody knows an address of it.
    @Test
    void connectsToTheAddressAndTrustsTheName(@TempDir Path folder) throws Exception {
        var keys = keys(folder);
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SslProvider.GenericSslContextSpec<?> tls = Http11SslContextSpec.forServer(managers);
        Queue<String> hosts = new ConcurrentLinkedQueue<>();
        var server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .secure(spec -> spec.sslContext(tls))
                        .handle((request, response) -> {
                            hosts.add(request.requestHeaders().get(HttpHeaderNames.HOST));
                            return response.header("Content-Type", "text/event-stream")
                                    .sendString(Mono.just("data: " + finish("stop") + "\n\n"));
                        })
                        .bindNow();
        var host = "r1.invalid:" + server.port();
        var settings =
                OpenAiSettings.of(
                                new BackendDescriptor("r1@x", "m", 100, Optional.empty()),
                                URI.create("https://" + host + "/v1"))
                        .withCaFile(certificate(folder, keys));

        try (var backend =
                OpenAiBackend.create(settings, Optional.of(InetAddress.getLoopbackAddress()))) {
            assertThat(
                            backend.chat(ChatRequests.saying("hi"))
                                    .collectList()
                                    .blockOptional()
                                    .orElseThrow())
                    .last()
                    .isInstanceOf(ChatEvent.Finished.class);
        }

        assertThat(hosts).containsExactly(host);
        server.disposeNow();
    }

    private static KeyStore keys(Path folder) throws Exception {
        var file = folder.resolve("keys.p12");
        var keytool =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                                .toString(),
                                        "-genkeypair",
                                        "-keystore",
                                        file.toString(),
                                        "-storepass",
                                        PASSWORD,
                                        "-keyalg",
                                        "EC",
                                        "-dname",
                                        "CN=r1.invalid",
                                        "-ext",
                                        "san=dns:r1.invalid",
                                        "-alias",
                                        "a"))
                        .inheritIO()
                        .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private static Path certificate(Path folder, KeyStore keys) throws Exception {
        return Files.writeString(
                folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("a").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }
}
