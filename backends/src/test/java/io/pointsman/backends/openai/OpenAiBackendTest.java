package io.pointsman.backends.openai;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatEvent.Chunk;
import io.pointsman.api.ChatEvent.Finished;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.Failure.Deadline;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Secret;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ThinkSplitter;
import io.pointsman.backends.Backend;
import io.pointsman.backends.BackendContract;
import io.pointsman.backends.ChatRequests;
import io.pointsman.backends.Deadlines;
import io.pointsman.backends.FakeUpstream;
import io.pointsman.backends.FakeUpstream.Reply;
import io.pointsman.backends.LeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;
import reactor.test.scheduler.VirtualTimeScheduler;

class OpenAiBackendTest extends BackendContract {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FakeUpstream upstream = FakeUpstream.start();
    private final List<OpenAiBackend> backends = new ArrayList<>();

    @AfterEach
    void close() {
        backends.forEach(OpenAiBackend::close);
        upstream.close();
    }

    @Override
    protected Backend answering() {
        upstream.answers(answer());
        return backend();
    }

    private static Reply answer() {
        return Reply.events(
                chunk("{\"role\":\"assistant\",\"content\":\"\"}"),
                chunk("{\"content\":\"<think>h\"}"),
                chunk("{\"content\":\"m</think>\\n\"}"),
                chunk("{\"content\":\"4 \"}"),
                chunk("{\"content\":\"ü\"}"),
                finish("stop"),
                FakeUpstream.usage(9, 5, 2),
                "[DONE]");
    }

    @Override
    protected Usage usage() {
        return new Usage(9, 0, 5, 2, false);
    }

    @Override
    protected Backend endless() {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}")).thenHang());
        return backend();
    }

    @Override
    protected Backend failing() {
        upstream.answers(Reply.of(500, "text/plain", "boom"));
        return backend();
    }

    @Override
    protected void awaitReleased() {
        upstream.awaitIdle();
    }

    @Override
    protected long calls() {
        return upstream.calls().size();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1000})
    void doesNotCareHowBytesArrive(int size) {
        var whole = texts(events(answering()));
        upstream.answers(answer().chopped(size));

        assertThat(texts(events(backend()))).isEqualTo(whole);
    }

    @Test
    void sendsTheClientsBodyAndItsOwnHeaders() {
        upstream.answers(answer());
        var backend =
                backend(
                        settings()
                                .withApiKey(new Secret("sk-1"))
                                .withHeaders(Map.of("X-Team", "a", "User-Agent", "b")));

        run(backend, ChatRequests.with("hi", ",\"zeta\":[1.50],\"stream_options\":{\"x\":1}"));

        var call = upstream.calls().getFirst();
        assertThat(call.body())
                .isEqualTo(
                        "{\"model\":\"real-model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                                + "\"zeta\":[1.50],\"stream_options\":{\"x\":1,\"include_usage\":true},\"stream\":true}");
        assertThat(call.headers())
                .containsEntry("authorization", "Bearer sk-1")
                .containsEntry("x-request-id", "req-test")
                .containsEntry("accept", "text/event-stream")
                .containsEntry("content-type", "application/json")
                .containsEntry("x-team", "a")
                .containsEntry("user-agent", "pointsman");
        assertThat(call.headers().keySet())
                .containsExactlyInAnyOrder(
                        "authorization",
                        "x-request-id",
                        "accept",
                        "accept-encoding",
                        "content-type",
                        "content-length",
                        "host",
                        "x-team",
                        "user-agent");
    }

    @Test
    void keepsConnectionsBetweenCalls() {
        var ports = new CopyOnWriteArrayList<Integer>();
        var server =
                serve(
                        HttpServer.create()
                                .doOnConnection(connection ->
                                        ports.add(
                                                ((InetSocketAddress)
                                                                connection
                                                                        .channel()
                                                                        .remoteAddress())
                                                        .getPort()))
                                .handle((_, response) ->
                                        response.header("Content-Type", "text/event-stream")
                                                .sendString(
                                                        Mono.just(
                                                                "data: "
                                                                        + finish("stop")
                                                                        + "\n\ndata: [DONE]\n\n"))));
        var backend = backend(settings(server));
        for (int i = 0; i < 20; i++) {
            run(backend, ChatRequests.saying("hi"));
        }
        server.disposeNow();

        // The next call may come before the pool has its connection back.
        assertThat(ports.stream().distinct().count()).isLessThan(20);
    }

    @Test
    void passesThinkingOnThatTheServerTellsItself() {
        upstream.answers(
                Reply.events(
                        chunk("{\"reasoning\":\"hm\"}"),
                        chunk("{\"content\":\"<think>\"}"),
                        finish("stop"),
                        "[DONE]"));

        var texts = texts(events(backend()));

        assertThat(texts.get(0)).contains("\"reasoning\":\"hm\"");
        assertThat(texts.get(1)).contains("\"content\":\"<think>\"");
    }

    @Test
    void findsTheEndOfThinkingThatATemplateOpened() {
        upstream.answers(
                Reply.events(chunk("{\"content\":\"hm</think>4\"}"), finish("stop"), "[DONE]"));

        var texts = texts(events(backend(settings().withThinking(ThinkSplitter.Mode.OPENED))));

        assertThat(texts.getFirst())
                .contains("\"reasoning_content\":\"hm\"")
                .contains("\"content\":\"4\"");
    }

    @Test
    void movesUsageBehindTheAnswer() {
        upstream.answers(
                Reply.events(
                        chunk("{\"content\":\"4\"}"),
                        "{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}],"
                                + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"prompt_cache_hit_tokens\":2}}",
                        "[DONE]"));

        var events = events(backend());

        var usage = new Usage(3, 2, 1, 0, false);
        assertThat(events.getLast()).isEqualTo(new Finished(FinishReason.LENGTH, usage));
        var last = chunks(events).getLast();
        assertThat(last.facts().choices()).isFalse();
        assertThat(new String(last.json(), StandardCharsets.UTF_8))
                .startsWith("{\"id\":\"c1\",\"model\":\"m\",\"choices\":[],\"usage\":{");
    }

    @Test
    void estimatesUsageThatTheServerKeepsToItself() {
        upstream.answers(
                Reply.events(
                        chunk("{\"role\":\"assistant\"}"),
                        chunk("{\"reasoning_content\":\"a\"}"),
                        chunk("{\"content\":\"b\"}"),
                        chunk("{\"content\":\"c\"}"),
                        finish("stop")));

        var finished = (Finished) events(backend()).getLast();

        assertThat(finished.usage()).isEqualTo(new Usage(5, 0, 3, 1, true));
    }

    @Test
    void acceptsAnEndWithoutDoneAndDoneWithoutAReason() {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}"), finish("stop")));
        assertThat(events(backend()).getLast()).isInstanceOf(Finished.class);

        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}"), finish("stop")).thenDrop());
        assertThat(events(backend()).getLast()).isInstanceOf(Finished.class);

        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}"), "[DONE]"));
        assertThat(((Finished) events(backend()).getLast()).reason()).isEqualTo(FinishReason.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data: {\"choices\":[]}\n\n"})
    void takesAnEndWithoutABeginningForAFailure(String before) {
        upstream.answers(Reply.stream(before, "data: [DONE]\n\n"));

        assertThat(broken(failure(backend()))).contains("before it began");
    }

    @Test
    void finishesOnceWhateverFollows() {
        upstream.answers(
                Reply.events(
                        chunk("{\"content\":\"a\"}"),
                        finish("stop"),
                        "[DONE]",
                        "{\"error\":{\"message\":\"late\"}}",
                        finish("stop"),
                        "[DONE]"));

        assertThat(events(backend())).filteredOn(Finished.class::isInstance).hasSize(1);
    }

    @Test
    void doesNotWaitForAServerThatLingers() {
        upstream.answers(
                Reply.events(chunk("{\"content\":\"a\"}"), finish("stop"), "[DONE]").thenHang());

        assertThat(events(backend()).getLast()).isInstanceOf(Finished.class);
        upstream.awaitIdle();
    }

    @Test
    void acceptsACompletionInOnePiece() {
        upstream.answers(
                Reply.of(
                        200,
                        "application/json; charset=utf-8",
                        "\n\n\n{\"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                + "\"content\":\"<think>hm</think>4\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}"));

        var events = events(backend());

        assertThat(events.getLast())
                .isEqualTo(new Finished(FinishReason.STOP, new Usage(1, 0, 2, 0, false)));
        assertThat(texts(events).getFirst())
                .contains("chat.completion.chunk")
                .contains("\"reasoning_content\":\"hm\"")
                .contains("\"content\":\"4\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "data: {\"choices\":[{\"del",
                ": ping\n\n",
                "data: {\"choices\":[]}\n\n"
            })
    void callsAStreamWithoutEndTruncated(String rest) {
        upstream.answers(Reply.stream("data: " + chunk("{\"content\":\"a\"}") + "\n\n", rest));

        assertThat(broken(failure(backend()))).contains("truncated");
    }

    @Test
    void failsWhenTheConnectionBreaks() {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}")).thenDrop());

        assertThat(broken(failure(backend()))).contains("broke the connection");
    }

    @Test
    void failsOnGarbageInTheStream() {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}"), "oops", "[DONE]"));

        assertThat(broken(failure(backend()))).contains("not valid JSON");
    }

    @Test
    void failsOnAnErrorInTheStream() {
        upstream.answers(
                Reply.events(
                        chunk("{\"content\":\"a\"}"),
                        "{\"error\":{\"message\":\"out of memory\",\"code\":503}}",
                        "[DONE]"));

        var failure = (Failure.Rejected) failure(backend());

        assertThat(failure.status()).isEqualTo(503);
        assertThat(failure.body().orElseThrow()).contains("out of memory");
    }

    @ParameterizedTest
    @CsvSource({"text/html", "text/plain", "application/x-ndjson"})
    void failsOnAnythingButEventsAndJson(String type) {
        upstream.answers(Reply.of(200, type, "<html>hello</html>"));

        assertThat(broken(failure(backend())))
                .endsWith("answered with neither an event stream nor JSON: look at base-url.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{}", "[]", ""})
    void failsOnJsonThatIsNoCompletion(String body) {
        upstream.answers(Reply.of(200, "application/json", body));

        assertThat(broken(failure(backend()))).contains("no chat completion");
    }

    @Test
    void readsAnErrorThatClaimsSuccess() {
        upstream.answers(Reply.of(200, "application/json", "{\"error\":{\"message\":\"m\"}}"));

        assertThat(failure(backend())).isInstanceOf(Failure.Rejected.class);
    }

    @Test
    void followsNoRedirect() {
        upstream.answers(
                Reply.of(302, "text/plain", "")
                        .withHeader("Location", upstream.baseUrl() + "/chat/completions"));

        assertThat(broken(failure(backend()))).contains("status 302");
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void decompressesNothing() {
        upstream.answers(answer().withHeader("Content-Encoding", "gzip"));

        assertThat(broken(failure(backend()))).contains("compressed");
    }

    @Test
    void passesOnWhatAServerSaysOfARequest() {
        upstream.answers(
                Reply.of(
                        400,
                        "application/json",
                        "{\"object\":\"error\",\"message\":\"too long\",\"type\":\"BadRequestError\",\"code\":400}"));

        var failure = (Failure.Rejected) failure(backend());

        assertThat(failure.status()).isEqualTo(400);
        assertThat(failure.body())
                .contains(
                        "{\"error\":{\"message\":\"too long\",\"type\":\"BadRequestError\",\"param\":null,\"code\":\"400\"}}");
    }

    @Test
    void keepsToItselfWhatAServerSaysOfItsKey() {
        upstream.answers(
                Reply.of(401, "application/json", "{\"error\":{\"message\":\"bad key sk-1\"}}"));

        var failure = (Failure.Rejected) failure(backend());

        assertThat(failure.status()).isEqualTo(401);
        assertThat(failure.body()).isEmpty();
        assertThat(failure.message()).doesNotContain("sk-1").contains("credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", ""})
    void reportsAStatusWithoutAWord(String body) {
        upstream.answers(Reply.of(502, "text/html", body + "x".repeat(1 << 20)));

        var failure = (Failure.Rejected) failure(backend());

        assertThat(failure.status()).isEqualTo(502);
        assertThat(failure.body()).isEmpty();
    }

    @Test
    void saysWhenToTryAgain() {
        var reply = Reply.of(429, "text/plain", "").withHeader("Retry-After", "7");
        upstream.answers(reply);
        assertThat(((Failure.Overloaded) failure(backend())).retryAfter())
                .isEqualTo(Duration.ofSeconds(7));

        upstream.answers(Reply.of(429, "text/plain", ""));
        assertThat(failure(backend())).isInstanceOf(Failure.Rejected.class);
    }

    @Test
    void t21_givesUpWhenNoTokenComes() throws InterruptedException {
        upstream.answers(
                Reply.stream(": ping\n\n", "data: " + chunk("{\"role\":\"assistant\"}") + "\n\n")
                        .thenHang());

        var call = new CallAfterAnHour(_ -> true);

        assertThat(((Failure.TimedOut) call.awaitFailure()).deadline())
                .isEqualTo(Deadline.FIRST_TOKEN);
        upstream.awaitIdle();
    }

    @Test
    void t21_cutsAStreamThatStallsBetweenTokens() throws InterruptedException {
        upstream.answers(
                Reply.events(
                                chunk("{\"role\":\"assistant\"}"),
                                chunk("{\"reasoning_content\":\"a\"}"))
                        .thenHang());

        var call = new CallAfterAnHour(chunk -> chunk.facts().visible());

        assertThat(((Failure.TimedOut) call.awaitFailure()).deadline())
                .isEqualTo(Deadline.BETWEEN_TOKENS);
        upstream.awaitIdle();
    }

    @Test
    void t22_doesNotTakeCommentsAndEmptyLinesForProgress() {
        var pings = new String[400];
        Arrays.setAll(pings, i -> i % 2 == 0 ? ": keep-alive\n\n" : "\n");
        pings[0] = "data: " + chunk("{\"content\":\"a\"}") + "\n\n";
        upstream.answers(Reply.stream(pings).thenHang().slowly(Duration.ofMillis(20)));
        var timeouts =
                settings()
                        .withTimeouts(
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(20),
                                Duration.ofMillis(300));

        assertThat(((Failure.TimedOut) failure(backend(timeouts))).deadline())
                .isEqualTo(Deadline.BETWEEN_TOKENS);
        upstream.awaitIdle();
    }

    /// A call for which an hour passes once the first chunk that is as wanted has come.
    private final class CallAfterAnHour {
        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final LinkedBlockingQueue<Failure> failures = new LinkedBlockingQueue<>();

        CallAfterAnHour(Predicate<Chunk> wanted) throws InterruptedException {
            var begun = new CountDownLatch(1);
            backend(settings(), time)
                    .chat(ChatRequests.saying("hello"))
                    .doOnNext(event -> {
                        if (event instanceof Chunk chunk && wanted.test(chunk)) {
                            begun.countDown();
                        }
                    })
                    .doOnError(FailureException.class, e -> failures.add(e.failure()))
                    .onErrorComplete()
                    .subscribe();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            time.advanceTimeBy(Duration.ofHours(1));
        }

        /// The connection's thread may still be handing on the chunk, so the failure may follow.
        Failure awaitFailure() throws InterruptedException {
            var failure = failures.poll(20, TimeUnit.SECONDS);
            assertThat(failure).isNotNull();
            return failure;
        }
    }

    @Test
    void t04_releasesWhatItReadsThoughWhatFollowsThrows() {
        upstream.answers(
                answer(),
                Reply.of(500, "application/json", "{\"error\":{\"message\":\"no\"}}"),
                Reply.events(chunk("{\"content\":\"a\"}")).thenHang());
        var backend = backend();
        for (int i = 0; i < 50; i++) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() ->
                            backend.chat(ChatRequests.saying("hello"))
                                    .doOnNext(_ -> {
                                        throw new IllegalStateException("a filter's bug");
                                    })
                                    .blockLast(PATIENCE));
        }

        upstream.awaitIdle();
        assertThat(LeakCheck.found()).isEmpty();
    }

    /// A server that accepts and then says nothing, neither to a handshake nor to CONNECT.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void t02_closesTheConnectionOfACallThatIsCancelledWhileItConnects(boolean proxy)
            throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var address = "127.0.0.1:" + server.getLocalPort();
            var backend =
                    backend(
                            proxy
                                    ? settings(URI.create("https://far.invalid/v1"))
                                            .withProxy(URI.create("http://" + address))
                                    : settings(URI.create("https://" + address + "/v1")));
            var sent = new AtomicBoolean();
            var call =
                    backend.chat(
                                    ChatRequests.saying("hello"),
                                    Deadlines.DEFAULT,
                                    () -> sent.set(true))
                            .subscribe();
            try (var accepted = server.accept()) {
                accepted.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(accepted.getInputStream().read()).isPositive();

                long start = System.nanoTime();
                call.dispose();
                accepted.getInputStream().readAllBytes();

                // The promise is 100 ms; a machine that is shared gets more.
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isLessThan(Duration.ofSeconds(1));
            }
            assertThat(sent).isFalse();
        }
    }

    @Test
    void tellsWhenTheRequestIsSent() {
        upstream.answers(answer());
        var sent = new AtomicInteger();

        backend()
                .chat(ChatRequests.saying("hello"), Deadlines.DEFAULT, sent::incrementAndGet)
                .blockLast(PATIENCE);

        assertThat(sent).hasValue(1);
    }

    @Test
    void t02_closesTheConnectionOfACallThatIsCancelledBeforeItIsAnswered() {
        upstream.answers(Reply.hang());
        var call = backend().chat(ChatRequests.saying("hello")).subscribe();
        upstream.awaitCalls(1);

        call.dispose();

        upstream.awaitIdle();
    }

    @Test
    void t01_closesTheConnectionOfAStreamThatIsCancelledAtOnce() throws InterruptedException {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}")).thenHang());
        var backend = backend();
        for (int i = 0; i < 5; i++) {
            var begun = new CountDownLatch(1);
            var call =
                    backend.chat(ChatRequests.saying("hello"))
                            .subscribe(_ -> begun.countDown(), _ -> {});
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

            long start = System.nanoTime();
            call.dispose();
            upstream.awaitIdle();

            // The promise is 100 ms; a machine that is shared gets more.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void t21_theRoutesDeadlinesWinOverTheBackends() {
        upstream.answers(Reply.events(chunk("{\"content\":\"a\"}")).thenHang());
        var given =
                new Deadlines(
                        Optional.empty(),
                        Optional.of(Duration.ofSeconds(20)),
                        Optional.of(Duration.ofMillis(50)));

        var thrown =
                catchThrowableOfType(
                        FailureException.class,
                        () ->
                                backend()
                                        .chat(ChatRequests.saying("hello"), given)
                                        .blockLast(PATIENCE));

        assertThat(((Failure.TimedOut) thrown.failure()).deadline())
                .isEqualTo(Deadline.BETWEEN_TOKENS);
        upstream.awaitIdle();
    }

    @Test
    void t05_replacesAConnectionThatDiedWhileItWasKept() {
        upstream.answers(answer().unlessReused());
        var backend = backend();

        for (int i = 0; i < 20; i++) {
            assertThat(run(backend, ChatRequests.saying("hi")).getLast())
                    .isInstanceOf(Finished.class);
        }

        assertThat(upstream.calls()).hasSizeGreaterThan(20);
    }

    @Test
    void t05_replacesADeadConnectionOnce() {
        upstream.answers(answer(), answer(), answer(), Reply.drop());
        var backend = backend();
        for (int i = 0; i < 3; i++) {
            run(backend, ChatRequests.saying("hi"));
        }

        assertThat(broken(failure(backend))).contains("broke the connection");
        assertThat(upstream.calls()).hasSizeBetween(4, 5);
    }

    @Test
    void t05_doesNotTryAFreshConnectionAgain() {
        upstream.answers(Reply.drop());

        assertThat(broken(failure(backend()))).contains("broke the connection");
        assertThat(upstream.calls()).hasSize(1);
    }

    @Test
    void saysWhenNobodyIsThere() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        assertThat(broken(failure(backend(settings(URI.create("http://127.0.0.1:" + port))))))
                .contains("refuses connections");
        assertThat(broken(failure(backend(settings(URI.create("http://nowhere.invalid/v1"))))))
                .contains("host name");
    }

    @Test
    void t21_givesUpConnecting() throws IOException {
        // A backlog that is full: further connections get no answer.
        try (var listener = new ServerSocket(0, 1);
                var first = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var second = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            var backend =
                    backend(
                            settings(URI.create("http://127.0.0.1:" + listener.getLocalPort()))
                                    .withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(20)));

            assertThat(first.isConnected() && second.isConnected()).isTrue();
            assertThat(((Failure.TimedOut) failure(backend)).deadline())
                    .isEqualTo(Deadline.CONNECT);
        }
    }

    @Test
    void goesThroughAProxy() {
        var seen = new CopyOnWriteArrayList<String>();
        var proxy =
                serve(
                        HttpServer.create()
                                .handle((request, response) -> {
                                    seen.add(request.method() + " " + request.uri());
                                    return response.status(502).send();
                                }));
        var backend =
                backend(
                        settings(URI.create("http://far.invalid/v1"))
                                .withProxy(URI.create("http://127.0.0.1:" + proxy.port())));

        assertThat(broken(failure(backend))).contains("proxy");
        proxy.disposeNow();
        assertThat(seen).singleElement().asString().contains("CONNECT");
    }

    @Test
    void trustsAPrivateCaOnlyWhereItIsNamed(@TempDir Path folder) throws Exception {
        var keys = folder.resolve("keys.p12");
        keytool(
                "-genkeypair",
                "-keystore",
                keys,
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-alias",
                "a",
                "-validity",
                "30");
        var store = KeyStore.getInstance(keys.toFile(), "secret".toCharArray());
        var certificate =
                Files.writeString(
                        folder.resolve("ca.pem"),
                        "-----BEGIN CERTIFICATE-----\n"
                                + Base64.getMimeEncoder()
                                        .encodeToString(store.getCertificate("a").getEncoded())
                                + "\n-----END CERTIFICATE-----\n");
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "secret".toCharArray());
        SslProvider.GenericSslContextSpec<?> tls = Http11SslContextSpec.forServer(managers);
        var server =
                serve(
                        HttpServer.create()
                                .secure(spec -> spec.sslContext(tls))
                                .handle((_, response) ->
                                        response.header("Content-Type", "text/event-stream")
                                                .sendString(
                                                        Mono.just(
                                                                "data: "
                                                                        + finish("stop")
                                                                        + "\n\n"))));
        var trusting =
                settings(URI.create("https://localhost:" + server.port() + "/v1"))
                        .withCaFile(certificate);
        var elsewhere =
                settings(URI.create("https://127.0.0.1:" + server.port() + "/v1"))
                        .withCaFile(certificate);

        assertThat(events(backend(trusting)).getLast()).isInstanceOf(Finished.class);
        assertThat(broken(failure(backend(settings(trusting.baseUrl()))))).contains("securely");
        assertThat(broken(failure(backend(elsewhere)))).contains("securely");
        server.disposeNow();
    }

    private static void keytool(Object... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        command.addAll(List.of("-storepass", "secret", "-J-XX:TieredStopAtLevel=1"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void refusesSettingsThatCannotBeApplied(@TempDir Path folder) throws IOException {
        var tls = settings(URI.create("https://localhost/v1"));
        var garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");
        var empty = Files.writeString(folder.resolve("empty.pem"), "");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiBackend.create(tls.withCaFile(folder.resolve("none.pem"))))
                .withMessageContaining("none.pem cannot be read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiBackend.create(tls.withCaFile(garbage)))
                .withMessageContaining("garbage.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiBackend.create(tls.withCaFile(empty)))
                .withMessageContaining("empty.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiBackend.create(tls.withProxy(URI.create("ftp://x:1"))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpenAiBackend.create(tls.withProxy(URI.create("http://x"))));
        for (var url : List.of("ftp://x", "localhost", "/v1", "http://x/v1?a=b", "http://u:p@x")) {
            assertThatIllegalArgumentException().isThrownBy(() -> settings(URI.create(url)));
        }
    }

    @Test
    void keepsItsKeyOutOfItsSettingsWords() {
        assertThat(settings().withApiKey(new Secret("sk-1")).toString()).doesNotContain("sk-1");
    }

    private static DisposableServer serve(HttpServer server) {
        return server.host("127.0.0.1").port(0).bindNow();
    }

    private Backend backend() {
        return backend(settings());
    }

    private Backend backend(OpenAiSettings settings) {
        var backend = OpenAiBackend.create(settings);
        backends.add(backend);
        return backend;
    }

    private Backend backend(OpenAiSettings settings, VirtualTimeScheduler time) {
        var backend = OpenAiBackend.create(settings, time, () -> time.now(TimeUnit.NANOSECONDS));
        backends.add(backend);
        return backend;
    }

    private OpenAiSettings settings() {
        return settings(upstream.baseUrl());
    }

    private static OpenAiSettings settings(DisposableServer server) {
        return settings(URI.create("http://127.0.0.1:" + server.port() + "/v1/"));
    }

    private static OpenAiSettings settings(URI baseUrl) {
        return OpenAiSettings.of(
                new BackendDescriptor("far", "real-model", 4096, Optional.empty()), baseUrl);
    }

    private static List<ChatEvent> run(Backend backend, ChatRequest request) {
        var events = backend.chat(request).collectList().block(PATIENCE);
        return events == null ? List.of() : events;
    }

    private static Failure failure(Backend backend) {
        return backend.chat(ChatRequests.saying("hello"))
                .then(Mono.<Failure>error(new AssertionError("it did not fail")))
                .onErrorResume(FailureException.class, e -> Mono.just(e.failure()))
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static String broken(Failure failure) {
        assertThat(failure).isInstanceOf(Failure.Broken.class);
        return failure.message();
    }

    private static List<String> texts(List<ChatEvent> events) {
        return chunks(events).stream()
                .map(chunk -> new String(chunk.json(), StandardCharsets.UTF_8))
                .toList();
    }
}
