package io.pointsman.backends.openai;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.Failure.Deadline;
import io.pointsman.api.FailureException;
import io.pointsman.api.wire.CompletionChunk;
import io.pointsman.api.wire.ErrorBody;
import io.pointsman.backends.Backend;
import io.pointsman.backends.Deadlines;
import io.pointsman.backends.Watchdog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.context.Context;

/// An OpenAI-compatible server, called over HTTP. Thread-safe.
///
/// A call carries the client's body, but for the model's name and the wish to stream with usage,
/// and headers of this gateway's own only. A connection that was kept from an earlier call and
/// turns out dead before the first byte of a response is replaced by a fresh one, once; nothing
/// else is tried again here.
public final class OpenAiBackend implements Backend, AutoCloseable {

    /// How long a server may keep the connection open behind the end of an answer, before it is
    /// closed rather than kept for the next call.
    private static final Duration LINGER = Duration.ofMillis(500);

    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final int MAX_COMPLETION_BYTES = 64 << 20;
    private static final AsciiString REQUEST_ID = AsciiString.cached("X-Request-Id");
    private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("pointsman.used");

    private final OpenAiSettings settings;
    private final LoopClients pooled;
    private final HttpClient.ResponseReceiver<?> fresh;
    private final InstantSource clock;
    private final Scheduler timer;
    private final LongSupplier nanos;

    private OpenAiBackend(
            OpenAiSettings settings,
            Optional<InetAddress> pinned,
            InstantSource clock,
            Scheduler timer,
            LongSupplier nanos) {
        this.settings = settings;
        this.clock = clock;
        this.timer = timer;
        this.nanos = nanos;
        pooled =
                new LoopClients(
                        () -> HttpClients.pool(settings),
                        connections -> calls(connections, pinned));
        fresh = calls(ConnectionProvider.newConnection(), pinned);
    }

    /// The server that `settings` describe; nothing is called yet.
    ///
    /// @throws IllegalArgumentException if the settings cannot be applied; says which and why
    public static OpenAiBackend create(OpenAiSettings settings) {
        return create(settings, Optional.empty());
    }

    /// The same, at a given address.
    ///
    /// @param pinned the address to connect to, whatever the host's name resolves to
    public static OpenAiBackend create(OpenAiSettings settings, Optional<InetAddress> pinned) {
        return new OpenAiBackend(
                settings, pinned, InstantSource.system(), EventLoops.timer(), System::nanoTime);
    }

    /// The same, with the timers and the time of `timer` and `nanos`.
    static OpenAiBackend create(OpenAiSettings settings, Scheduler timer, LongSupplier nanos) {
        return new OpenAiBackend(settings, Optional.empty(), InstantSource.system(), timer, nanos);
    }

    /// What all calls over `connections` have in common, made ready once. What differs is the
    /// [Exchange] that is found in the context of each.
    private HttpClient.ResponseReceiver<?> calls(
            ConnectionProvider connections, Optional<InetAddress> pinned) {
        var sender =
                PinnedResolver.pin(HttpClients.create(settings, connections), pinned)
                        .doOnChannelInit((observer, channel, _) -> noteChannel(observer, channel))
                        .post();
        var uri = settings.baseUrl().toString().replaceFirst("/+$", "") + "/chat/completions";
        // What has no host in Java's eyes, such as one with an underscore, is read anew each time.
        return (settings.baseUrl().getHost() == null
                        ? sender.uri(uri)
                        : sender.uri(URI.create(uri)))
                .send((request, outbound) ->
                        request.currentContextView()
                                .<Exchange>get(Exchange.class)
                                .send(request, outbound));
    }

    @Override
    public BackendDescriptor descriptor() {
        return settings.descriptor();
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines) {
        return chat(request, deadlines, () -> {});
    }

    @Override
    public Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines, Runnable sent) {
        return watchdog(deadlines).watch(watch -> new Exchange(request, watch, sent));
    }

    private Watchdog watchdog(Deadlines deadlines) {
        return new Watchdog(
                settings.descriptor().name(),
                deadlines.connect().orElse(settings.connectTimeout()),
                deadlines.firstToken().orElse(settings.firstTokenTimeout()),
                deadlines.betweenTokens().orElse(settings.betweenTokensTimeout()),
                timer,
                nanos);
    }

    @Override
    public String adaptations(ChatRequest request) {
        return request.body().changes(settings.dialect().requests());
    }

    /// Closes the connections that are kept for later calls.
    @Override
    public void close() {
        pooled.close();
    }

    private Publisher<ChatEvent> read(
            HttpClientResponse response, ByteBufFlux content, Exchange exchange) {
        int status = response.status().code();
        if (status >= 400) {
            return gather(content, MAX_ERROR_BYTES)
                    .onErrorReturn(new byte[0])
                    .flatMap(body -> Mono.error(rejection(response, body)));
        }
        if (status != HttpResponseStatus.OK.code()) {
            return Mono.error(
                    broken(
                            "answered with status %d, where 200 was due: look at base-url"
                                    .formatted(status)));
        }
        var encoding = response.responseHeaders().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            return Mono.error(broken("compressed its answer, which it was not allowed to"));
        }
        var reader = new AnswerReader(settings, exchange.request);
        return switch (mediaType(response)) {
            case "text/event-stream", "" ->
                    new AnswerStream(
                            content, reader, exchange.loop(), LINGER, exchange.watch::came);
            case "application/json" -> completion(content, reader);
            default ->
                    Mono.error(
                            broken(
                                    "answered with neither an event stream nor JSON: look at base-url"));
        };
    }

    private Flux<ChatEvent> completion(ByteBufFlux content, AnswerReader reader) {
        return gather(content, MAX_COMPLETION_BYTES)
                .flatMapIterable(body ->
                        reader.readWhole(
                                CompletionChunk.of(body).orElseGet(() -> errorOrFail(body))));
    }

    /// An error that came with a status of success is read like any chunk; all else is a failure.
    private byte[] errorOrFail(byte[] body) {
        if (ErrorBody.read(body).isPresent()) {
            return body;
        }
        throw broken("answered with JSON that is no chat completion");
    }

    private Mono<byte[]> gather(ByteBufFlux content, int limit) {
        return content.asByteArray()
                .collect(
                        ByteArrayOutputStream::new,
                        (all, some) -> {
                            if (all.size() + some.length > limit) {
                                throw broken("answered with more than %,d bytes".formatted(limit));
                            }
                            all.writeBytes(some);
                        })
                .map(ByteArrayOutputStream::toByteArray);
    }

    private FailureException rejection(HttpClientResponse response, byte[] body) {
        int status = response.status().code();
        var retryAfter =
                Optional.ofNullable(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER))
                        .flatMap(value -> RetryAfter.parse(value, clock.instant()));
        if ((status == 429 || status == 503) && retryAfter.isPresent()) {
            return new FailureException(
                    new Failure.Overloaded(
                            "Backend '%s' has too much to do (status %d)."
                                    .formatted(settings.descriptor().name(), status),
                            retryAfter.get()));
        }
        boolean ours = status == 401 || status == 403 || status == 407;
        return new FailureException(
                new Failure.Rejected(
                        "Backend '%s' %s (status %d)."
                                .formatted(
                                        settings.descriptor().name(),
                                        ours
                                                ? "does not accept this gateway's credentials"
                                                : "rejected the call",
                                        status),
                        status,
                        // What a server says of credentials is about this gateway's, not the
                        // client's.
                        ours
                                ? Optional.empty()
                                : ErrorBody.read(body)
                                        .map(error ->
                                                new String(error.json(), StandardCharsets.UTF_8))));
    }

    private FailureException failure(Throwable e) {
        return switch (e) {
            case FailureException failure -> failure;
            case ConnectTimeoutException _,
                    SslHandshakeTimeoutException _,
                    PoolAcquireTimeoutException _ ->
                    new FailureException(
                            new Failure.TimedOut(
                                    "Backend '%s' could not be connected to within %d ms."
                                            .formatted(
                                                    settings.descriptor().name(),
                                                    settings.connectTimeout().toMillis()),
                                    Deadline.CONNECT));
            case ProxyConnectException _ -> broken("cannot be reached through its proxy");
            case ConnectException _ -> broken("refuses connections");
            case UnknownHostException _ -> broken("has a host name that is not known");
            case SSLException _ -> broken("could not be connected to securely: look at ca-file");
            case IOException _ -> broken("broke the connection");
            default -> broken("broke the protocol (%s)".formatted(e.getClass().getSimpleName()));
        };
    }

    private FailureException broken(String what) {
        return new FailureException(
                new Failure.Broken(
                        "Backend '%s' %s.".formatted(settings.descriptor().name(), what)));
    }

    private static String mediaType(HttpClientResponse response) {
        var type = response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE, "");
        int parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /// A pool finishes what it has begun to connect, though nobody waits for it any more; where a
    /// server answers no handshake, that would leave a socket for a minute.
    private static void noteChannel(ConnectionObserver observer, Channel channel) {
        if (observer.currentContext().getOrDefault(Exchange.class, null)
                instanceof Exchange exchange) {
            exchange.watch.connecting(() -> drop(channel));
        }
    }

    /// Closes `channel` past its handlers: TLS would wait for a server that says nothing.
    private static void drop(Channel channel) {
        var outermost = channel.pipeline().firstContext();
        var _ = outermost == null ? channel.close() : outermost.close();
    }

    /// One call under way, over a kept connection and then, where that turns out dead, over a fresh
    /// one. For one reader.
    ///
    /// It stands between the connection's signals and the reader to be found in their context, to
    /// name failures, and to remember what was asked for until there is an answer to ask.
    private final class Exchange extends Flux<ChatEvent>
            implements CoreSubscriber<ChatEvent>, Subscription {

        private final ChatRequest request;
        private final Watchdog.Watch watch;
        private final Runnable sent;
        private final byte[] body;
        private Context context = Context.empty();
        private @Nullable CoreSubscriber<? super ChatEvent> reader;

        /// What was asked for before the response; guarded by this object, as is the next.
        private long wanted;

        private boolean cancelled;

        private volatile @Nullable Subscription attempt;
        private volatile boolean reused;
        private volatile boolean responded;
        private volatile @Nullable EventExecutor loop;

        private Exchange(ChatRequest request, Watchdog.Watch watch, Runnable sent) {
            this.request = request;
            this.watch = watch;
            this.sent = sent;
            body =
                    request.body()
                            .forUpstream(
                                    settings.descriptor().model(), settings.dialect().requests());
        }

        @Override
        public void subscribe(CoreSubscriber<? super ChatEvent> subscriber) {
            reader = subscriber;
            context = subscriber.currentContext().put(Exchange.class, this);
            subscriber.onSubscribe(this);
            call(pooled.current());
        }

        private void call(HttpClient.ResponseReceiver<?> calls) {
            calls.response(this::answered).subscribe(this);
        }

        /// Sends the call over a connection that stands.
        private Publisher<Void> send(HttpClientRequest call, NettyOutbound outbound) {
            outbound.withConnection(this::connected);
            call.header(REQUEST_ID, request.id().value());
            return outbound.sendObject(Unpooled.wrappedBuffer(body));
        }

        private void connected(Connection connection) {
            reused = connection.channel().attr(USED).getAndSet(true) != null;
            loop = connection.channel().eventLoop();
            watch.connected();
            sent.run();
        }

        private Publisher<ChatEvent> answered(HttpClientResponse response, ByteBufFlux content) {
            responded = true;
            return read(response, content, this);
        }

        /// The loop of its connection, which stands.
        private EventExecutor loop() {
            return Objects.requireNonNull(loop);
        }

        private CoreSubscriber<? super ChatEvent> reader() {
            return Objects.requireNonNull(reader);
        }

        /// Whether the call can be made anew. One that is given up closes its connection itself,
        /// which may look like a dead one.
        private boolean foundDeadConnection(Throwable e) {
            return reused && !responded && !watch.over() && e instanceof IOException;
        }

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            long asked;
            boolean givenUp;
            synchronized (this) {
                attempt = subscription;
                asked = wanted;
                givenUp = cancelled;
            }
            if (givenUp) {
                subscription.cancel();
            } else if (asked > 0) {
                subscription.request(asked);
            }
        }

        @Override
        public void onNext(ChatEvent event) {
            reader().onNext(event);
        }

        @Override
        public void onError(Throwable thrown) {
            if (foundDeadConnection(thrown)) {
                reused = false;
                call(fresh);
            } else {
                reader().onError(failure(thrown));
            }
        }

        @Override
        public void onComplete() {
            reader().onComplete();
        }

        @Override
        public void request(long count) {
            var answer = responded ? attempt : wantedFrom(count);
            if (answer != null) {
                answer.request(count);
            }
        }

        private synchronized @Nullable Subscription wantedFrom(long count) {
            wanted = Operators.addCap(wanted, count);
            return attempt;
        }

        @Override
        public void cancel() {
            Subscription left;
            synchronized (this) {
                cancelled = true;
                left = attempt;
            }
            if (left != null) {
                left.cancel();
            }
        }
    }
}
