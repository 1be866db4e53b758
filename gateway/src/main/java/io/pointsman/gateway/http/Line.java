package io.pointsman.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

/// The client's connection, as far as the answer to one request needs it. Its methods, but for
/// [#loop], belong to the connection's event loop.
final class Line {

    private static final long LINGER_MS = 250;

    /// Whose request came last on a connection.
    private static final AttributeKey<Line> LATEST = AttributeKey.valueOf("pointsman.line");

    private final Connection connection;
    private final Channel channel;
    private final EventLoop loop;

    private Line(Connection connection, Channel channel) {
        this.connection = connection;
        // The connection forgets its channel with the end of the response.
        this.channel = channel;
        loop = channel.eventLoop();
    }

    /// The connection that `request` came on.
    ///
    /// @throws AbortedException if it is gone already
    static Line of(ServerHttpRequest request) {
        HttpServerRequest own = ServerHttpRequestDecorator.getNativeRequest(request);
        var found = new AtomicReference<Connection>();
        own.withConnection(found::set);
        var connection = found.get();
        if (connection == null || !connection.channel().isRegistered()) {
            throw new AbortedException("the client has hung up");
        }
        var channel = connection.channel();
        var line = new Line(connection, channel);
        channel.attr(LATEST).set(line);
        return line;
    }

    /// The thread that reads from it and writes to it.
    EventLoop loop() {
        return loop;
    }

    /// Whether what is written goes out soon, instead of waiting for a slow reader.
    boolean writable() {
        return channel.isWritable();
    }

    /// Runs `action` whenever the reader has caught up.
    void onWritable(Runnable action) {
        Reader.of(channel).action = action;
    }

    /// Closes the connection soon after the response has gone out, so that a reader that waits for
    /// the end comes to one. A client that keeps connections may have sent its next request by
    /// then: that one is still answered.
    void closeAfterResponse() {
        connection.onTerminate().subscribe(_ -> {}, _ -> closeSoon(), this::closeSoon);
    }

    private void closeSoon() {
        try {
            var _ = loop.schedule(this::closeIfIdle, LINGER_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // The server has stopped, and with it every connection.
        }
    }

    private void closeIfIdle() {
        if (channel.attr(LATEST).get() == this) {
            var _ = channel.close();
        }
    }

    /// Tells when the connection takes bytes again.
    private static final class Reader extends ChannelInboundHandlerAdapter {

        private @Nullable Runnable action;

        /// The one of `channel`, which gets it with the first slow answer.
        static Reader of(Channel channel) {
            var known = channel.pipeline().get(Reader.class);
            if (known == null) {
                known = new Reader();
                channel.pipeline().addFirst(known);
            }
            return known;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
            if (action != null && context.channel().isWritable()) {
                action.run();
            }
            super.channelWritabilityChanged(context);
        }
    }
}
