package io.pointsman.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.pointsman.backends.openai.FlushConsolidation;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/// A client's connection, as far as the answers on it need it: one for each connection, which is a
/// handler of its channel from the first answer on. Its methods, but for [#loop], belong to the
/// connection's event loop.
final class Line extends ChannelInboundHandlerAdapter {

    private static final long LINGER_MS = 250;

    private static final AttributeKey<Line> KEY = AttributeKey.valueOf("pointsman.line");

    private final Channel channel;
    private final EventLoop loop;
    private final ChannelHandlerContext codec;

    /// How many requests were answered on it, or are being answered.
    private long requests;

    private @Nullable Runnable onWritable;

    private Line(Channel channel) {
        this.channel = channel;
        loop = channel.eventLoop();
        codec = Objects.requireNonNull(channel.pipeline().context(NettyPipeline.HttpCodec));
    }

    /// The line of `channel`, on which another request has come.
    static Line of(Channel channel) {
        var attribute = channel.attr(KEY);
        var line = attribute.get();
        if (line == null) {
            line = new Line(channel);
            attribute.set(line);
            channel.pipeline().addFirst(line);
            FlushConsolidation.addTo(channel);
        }
        line.requests++;
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

    /// Whether all that was written has gone out.
    boolean drained() {
        var waiting = channel.unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }

    /// Has `action` run whenever the reader has caught up; null for nothing any more.
    void onWritable(@Nullable Runnable action) {
        onWritable = action;
    }

    /// Writes a part of a response's body as it is, past the codec, so in the coding of the
    /// transfer already. It goes out with the next flush.
    void write(ByteBuf part) {
        var _ = codec.write(part).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    /// Sends what was written.
    void flush() {
        channel.flush();
    }

    /// Closes the connection soon after the response to its latest request has gone out on it, so
    /// that a reader that waits for the end comes to one. A client that keeps connections may have
    /// sent its next request by then: that one is still answered.
    ///
    /// @param connection the same connection, until the response has gone out
    void closeAfterResponse(Connection connection) {
        long failed = requests;
        Runnable closing = () -> closeSoon(failed);
        connection.onTerminate().subscribe(_ -> {}, _ -> closing.run(), closing);
    }

    private void closeSoon(long failed) {
        try {
            var _ = loop.schedule(() -> closeIfIdle(failed), LINGER_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // The server has stopped, and with it every connection.
        }
    }

    private void closeIfIdle(long failed) {
        if (requests == failed) {
            var _ = channel.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        if (onWritable != null && channel.isWritable()) {
            onWritable.run();
        }
        super.channelWritabilityChanged(context);
    }
}
