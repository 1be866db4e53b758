package io.pointsman.backends.openai;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// Passes on in one piece what one read of a connection has brought of a body. Confined to the
/// event loop of its connection.
///
/// Servers send each token as a chunk of its own, and on a busy loop one read brings many: each
/// would go its own way through all handlers and operators behind this one. Nothing waits for the
/// next read.
final class ReadConsolidation extends ChannelInboundHandlerAdapter {

    /// Room for a few tokens, to begin with.
    private static final int FEW_TOKENS = 4 << 10;

    private static final String NAME = "pointsman.reads";

    private @Nullable ByteBuf first;
    private @Nullable ByteBuf all;

    private ReadConsolidation() {}

    /// Has `channel`, which drops interim responses, take part.
    static void addTo(Channel channel) {
        channel.pipeline().addAfter(InterimResponses.NAME, NAME, new ReadConsolidation());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpContent content
                && !(content instanceof LastHttpContent)
                && content.decoderResult().isSuccess()) {
            gather(context, content.content());
        } else {
            passOn(context);
            context.fireChannelRead(message);
        }
    }

    private void gather(ChannelHandlerContext context, ByteBuf more) {
        if (all != null) {
            append(all, more);
        } else if (first == null) {
            first = more;
        } else {
            // On the heap, where it is decoded.
            all = context.alloc().heapBuffer(FEW_TOKENS);
            append(all, first);
            append(all, more);
            first = null;
        }
    }

    private static void append(ByteBuf all, ByteBuf more) {
        all.writeBytes(more);
        more.release();
    }

    private void passOn(ChannelHandlerContext context) {
        var gathered = take();
        if (gathered != null) {
            context.fireChannelRead(new DefaultHttpContent(gathered));
        }
    }

    private @Nullable ByteBuf take() {
        var gathered = all == null ? first : all;
        first = null;
        all = null;
        return gathered;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        passOn(context);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        passOn(context);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        passOn(context);
        context.fireExceptionCaught(thrown);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        var gathered = take();
        if (gathered != null) {
            gathered.release();
        }
    }
}
