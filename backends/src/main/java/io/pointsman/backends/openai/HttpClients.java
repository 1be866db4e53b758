package io.pointsman.backends.openai;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.ProxyProvider;

/// Makes the HTTP client of one backend from its settings.
final class HttpClients {

    /// The longest `connect-timeout` of a route.
    private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);

    private HttpClients() {}

    /// When the transport itself gives up: not before any attempt's own deadline, which is watched
    /// per attempt.
    private static Duration backstop(OpenAiSettings settings) {
        var own = settings.connectTimeout();
        return own.compareTo(LONGEST_CONNECT) > 0 ? own : LONGEST_CONNECT;
    }

    /// Connections are many because each carries one answer at a time, for minutes. Idle ones go
    /// before the usual servers and balancers close them, whether or not calls still come.
    static ConnectionProvider pool(OpenAiSettings settings) {
        return ConnectionProvider.builder(settings.descriptor().name())
                .maxConnections(10_000)
                .pendingAcquireTimeout(backstop(settings))
                .maxIdleTime(Duration.ofSeconds(20))
                .evictInBackground(Duration.ofSeconds(10))
                .lifo()
                .build();
    }

    /// @throws IllegalArgumentException if the settings cannot be applied; says which and why
    static HttpClient create(OpenAiSettings settings, ConnectionProvider pool) {
        var client =
                HttpClient.create(pool)
                        .disableRetry(true)
                        .followRedirect(false)
                        .compress(false)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(backstop(settings).toMillis()))
                        .httpResponseDecoder(spec -> spec.maxHeaderSize(32 << 10))
                        .doOnChannelInit((_, channel, _) -> addHandlers(channel))
                        .headers(headers -> setHeaders(headers, settings));
        if (settings.proxy().isPresent()) {
            client = withProxy(client, settings.proxy().get(), backstop(settings));
        }
        if (settings.baseUrl().getScheme().equals("https")) {
            client = withTls(client, settings);
        }
        // After the proxy, which has names left to it only where nobody else would resolve them.
        return client.runOn(EventLoops.traffic());
    }

    private static void addHandlers(Channel channel) {
        UnconnectedReads.hushOn(channel);
        InterimResponses.dropIn(channel);
        ReadConsolidation.addTo(channel);
        FlushConsolidation.addTo(channel);
    }

    private static void setHeaders(HttpHeaders headers, OpenAiSettings settings) {
        settings.headers().forEach(headers::set);
        headers.set(HttpHeaderNames.USER_AGENT, "pointsman");
        headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        headers.set(HttpHeaderNames.ACCEPT, HttpHeaderValues.TEXT_EVENT_STREAM);
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
        settings.apiKey()
                .ifPresent(key ->
                        headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key.reveal()));
    }

    private static HttpClient withProxy(HttpClient client, URI uri, Duration timeout) {
        var type =
                switch (uri.getScheme()) {
                    case "http" -> ProxyProvider.Proxy.HTTP;
                    case "socks5" -> ProxyProvider.Proxy.SOCKS5;
                    case "socks4" -> ProxyProvider.Proxy.SOCKS4;
                    case null, default ->
                            throw new IllegalArgumentException(
                                    "a proxy is http://host:port or socks5://host:port");
                };
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("a proxy has a host and a port");
        }
        return client.proxy(spec -> {
            var proxy =
                    spec.type(type)
                            .host(uri.getHost())
                            .port(uri.getPort())
                            .connectTimeoutMillis(timeout.toMillis());
            var user = uri.getUserInfo();
            if (user != null) {
                int colon = user.indexOf(':');
                proxy.username(colon < 0 ? user : user.substring(0, colon))
                        .password(_ -> colon < 0 ? "" : user.substring(colon + 1));
            }
        });
    }

    private static HttpClient withTls(HttpClient client, OpenAiSettings settings) {
        var context = Http11SslContextSpec.forClient();
        settings.caFile()
                .map(HttpClients::certificates)
                .ifPresent(trusted -> context.configure(builder -> builder.trustManager(trusted)));
        SslProvider.GenericSslContextSpec<?> generic = context;
        return client.secure(spec -> spec.sslContext(generic).handshakeTimeout(backstop(settings)));
    }

    private static X509Certificate[] certificates(Path file) {
        try (var stream = Files.newInputStream(file)) {
            var certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(stream).stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new IllegalArgumentException("the CA file " + file + " has no certificate");
            }
            return certificates;
        } catch (IOException e) {
            throw new IllegalArgumentException("the CA file " + file + " cannot be read", e);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    "the CA file " + file + " does not hold PEM certificates", e);
        }
    }
}
