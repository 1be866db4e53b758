package io.pointsman.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/// The client's connection, as far as the answer to one request needs it. Its methods, but for
/// [#loop], belong to the connection's event loop.
final class Line {

    private final Connection connection;

    private Line(Connection connection) {
        this.connection = connection;
    }

    /// The connection that `request` came on.
    static Line of(ServerHttpRequest request) {
        HttpServerRequest own = ServerHttpRequestDecorator.getNativeRequest(request);
        var lines = new Line[1];
        own.withConnection(connection -> lines[0] = new Line(connection));
        return lines[0];
    }

    /// The thread that reads from it and writes to it.
    EventLoop loop() {
        return connection.channel().eventLoop();
    }

    /// Whether what is written goes out soon, instead of waiting for a slow reader.
    boolean writable() {
        return connection.channel().isWritable();
    }

    /// Runs `action` whenever the reader has caught up.
    void onWritable(Runnable action) {
        Reader.of(connection.channel()).action = action;
    }

    /// Closes the connection once the response has gone out: a reader that counts bytes or waits
    /// for the end learns that the answer is not complete.
    void closeAfterResponse() {
        connection.onTerminate().subscribe(_ -> {}, _ -> close(), this::close);
    }

    private void close() {
        var _ = connection.channel().close();
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
