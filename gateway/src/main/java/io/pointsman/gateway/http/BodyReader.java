package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.gateway.config.GatewayConfig.Server;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/// Reads a request's body once, into one array, up to a limit. What exceeds it is read on and
/// thrown away for a while, since most clients look at the answer only once they have sent all.
/// Immutable.
final class BodyReader {

    private static final int FIRST_GUESS = 8 << 10;

    /// How much of what a client announces is reserved before it has come.
    private static final int MOST_RESERVED = 256 << 10;

    /// How many times the limit is read in all before the connection is given up.
    private static final int PATIENCE = 16;

    private final int limit;
    private final String source;

    /// Reads up to `limit` bytes.
    ///
    /// @param source where the limit comes from, for whoever exceeds it
    BodyReader(int limit, String source) {
        this.limit = limit;
        this.source = source;
    }

    /// Reads the bodies of chat requests, as `server` limits them.
    static BodyReader of(Server server) {
        return new BodyReader(server.maxRequestBytes(), "server.max-request-bytes");
    }

    /// The whole body of `request`, or [Failure.TooLarge].
    Mono<byte[]> read(ServerRequest request) {
        return read(
                ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(
                        request.exchange().getRequest()));
    }

    /// The whole body, or [Failure.TooLarge].
    Mono<byte[]> read(HttpServerRequest request) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super byte[]> reader) {
                var announced = request.requestHeaders().getInt(HttpHeaderNames.CONTENT_LENGTH, 0);
                request.receiveObject().subscribe(new Body(announced, reader));
            }
        };
    }

    private FailureException tooLarge() {
        return new FailureException(
                new Failure.TooLarge(
                        "the request body is larger than " + limit + " bytes (" + source + ")"));
    }

    private static ResponseStatusException lateBody() {
        return new ResponseStatusException(HttpStatus.REQUEST_TIMEOUT);
    }

    /// What has come so far; confined to the connection's event loop. The connection keeps what it
    /// hands over, and releases it.
    private final class Body implements CoreSubscriber<Object>, Subscription {

        private final CoreSubscriber<? super byte[]> reader;
        private byte[] bytes;
        private long length;
        private boolean over;
        private @Nullable Subscription connection;

        private Body(int announced, CoreSubscriber<? super byte[]> reader) {
            this.reader = reader;
            var guess = announced > 0 ? Math.min(announced, MOST_RESERVED) : FIRST_GUESS;
            bytes = new byte[Math.min(guess, limit)];
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            connection = subscription;
            reader.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            connection().request(Long.MAX_VALUE);
        }

        @Override
        public void cancel() {
            over = true;
            connection().cancel();
        }

        private Subscription connection() {
            return Objects.requireNonNull(connection);
        }

        @Override
        public void onNext(Object content) {
            if (!over) {
                add(content instanceof ByteBufHolder holder ? holder.content() : (ByteBuf) content);
            }
        }

        private void add(ByteBuf buffer) {
            var more = buffer.readableBytes();
            if (length + more <= limit) {
                reserve((int) length + more);
                buffer.readBytes(bytes, (int) length, more);
            } else if (length + more > (long) PATIENCE * limit) {
                cancel();
                reader.onError(tooLarge());
            }
            length += more;
        }

        private void reserve(int size) {
            if (size > bytes.length) {
                bytes =
                        Arrays.copyOf(
                                bytes, (int) Math.min(limit, Math.max(size, 2L * bytes.length)));
            }
        }

        @Override
        public void onError(Throwable thrown) {
            if (!over) {
                over = true;
                reader.onError(late(thrown) ? lateBody() : thrown);
            }
        }

        /// What the server says when its time for a request is over has no public name.
        private static boolean late(Throwable thrown) {
            return thrown instanceof ChannelException;
        }

        @Override
        public void onComplete() {
            if (over) {
                return;
            }
            over = true;
            if (length > limit) {
                reader.onError(tooLarge());
                return;
            }
            reader.onNext(length == bytes.length ? bytes : Arrays.copyOf(bytes, (int) length));
            reader.onComplete();
        }
    }
}
