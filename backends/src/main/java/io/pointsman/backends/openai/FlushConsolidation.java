package io.pointsman.backends.openai;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Has what is written to a connection go out at the end of its event loop's round, together with
/// what the round has written to all others. One for each connection, confined to its event loop.
///
/// A write to a socket whose reader sleeps wakes the reader, which costs several times what the
/// write does. Of writes in a row only the first meets a sleeper. A loop with little to do ends its
/// round at once, so nothing waits there; a busy one has rounds of a few milliseconds at most.
/// Netty's own `FlushConsolidationHandler` consolidates within one connection.
public final class FlushConsolidation extends ChannelOutboundHandlerAdapter {

    private static final String NAME = "pointsman.flush";

    private final Runnable send = this::send;

    private @Nullable ChannelHandlerContext context;
    private boolean waiting;

    private FlushConsolidation() {}

    /// Has `channel` take part; belongs to the loop of the channel.
    public static void addTo(Channel channel) {
        channel.pipeline().addFirst(NAME, new FlushConsolidation());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (!waiting) {
            waiting = true;
            EventLoops.afterRound(context.channel().eventLoop(), send);
        }
    }

    private void send() {
        if (waiting) {
            waiting = false;
            Objects.requireNonNull(context).flush();
        }
    }

    /// What was meant to go out before the connection closes goes out.
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        send();
        var _ = context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        send();
    }
}
