package io.pointsman.backends.openai;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.channels.NotYetConnectedException;

/// Keeps it quiet that a socket was read before it was connected. Without state.
///
/// On a busy loop, Netty's epoll transport can be told of a hang-up on a socket that has yet to
/// connect, reads it, and reports that it could not
/// ([netty#10411](https://github.com/netty/netty/issues/10411)). Reactor Netty takes the report for
/// the end of the call, but sends the call all the same once the socket is connected: its answer is
/// then nobody's, is paid for and lies about unreleased.
@Sharable
final class UnconnectedReads extends ChannelInboundHandlerAdapter {

    private static final String NAME = "pointsman.unconnected";
    private static final UnconnectedReads INSTANCE = new UnconnectedReads();

    private UnconnectedReads() {}

    /// Has `channel` keep quiet about them, from its proxy's handler on.
    static void hushOn(Channel channel) {
        channel.pipeline().addFirst(NAME, INSTANCE);
    }

    /// Whether the connection succeeds is told by its promise.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        if (!(thrown instanceof NotYetConnectedException) || context.channel().isActive()) {
            context.fireExceptionCaught(thrown);
        }
    }
}
