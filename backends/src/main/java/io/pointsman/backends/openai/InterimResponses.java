package io.pointsman.backends.openai;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/// Drops the responses that a server sends ahead of the one it was asked for, such as 102
/// Processing or 103 Early Hints. Confined to the event loop of its connection.
///
/// Any server may send them, and a reader that takes one for the answer would besides take the
/// answer for that of the next call on the connection.
final class InterimResponses extends ChannelInboundHandlerAdapter {

    static final String NAME = "pointsman.interim";

    private boolean dropping;

    private InterimResponses() {}

    /// Has `channel`, whose requests are HTTP, drop them.
    static void dropIn(Channel channel) {
        channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new InterimResponses());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            dropping = interim(response.status());
        }
        if (!dropping || !(message instanceof HttpResponse || message instanceof HttpContent)) {
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        if (message instanceof LastHttpContent) {
            dropping = false;
            // The connection is read on demand, and nobody behind this handler has seen a thing.
            context.read();
        }
    }

    /// Nothing follows 101, for the connection speaks another protocol then.
    private static boolean interim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && status.code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }
}
