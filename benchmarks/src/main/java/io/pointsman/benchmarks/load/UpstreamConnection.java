package io.pointsman.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// One connection to the simulated upstream. Confined to the upstream's loop.
final class UpstreamConnection extends ChannelInboundHandlerAdapter
        implements HttpReader.Listener, Pacer.Due {

    /// As much of a body's begin and end as is looked at: what a gateway adds stands at either.
    private static final int WINDOW = 2048;

    private static final byte[] STREAM = {'"', 's', 't', 'r', 'e', 'a', 'm', '"'};
    private static final byte[] USAGE = {
        '"', 'i', 'n', 'c', 'l', 'u', 'd', 'e', '_', 'u', 's', 'a', 'g', 'e', '"'
    };

    private final Upstream upstream;
    private final HttpReader reader = new HttpReader(this, false);
    private final byte[] begin = new byte[WINDOW];
    private byte[] end = new byte[WINDOW];
    private byte[] spare = new byte[WINDOW];
    private int beginLength;
    private int endLength;
    private @Nullable String control;
    private @Nullable ChannelHandlerContext context;

    private boolean streams;
    private boolean wantsUsage;
    private boolean cut;
    private boolean answering;
    private int next;
    private long received;
    private Answers answers;
    private Behaviour behaviour;

    UpstreamConnection(Upstream upstream) {
        this.upstream = upstream;
        behaviour = upstream.behaviour();
        answers = upstream.answers();
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        upstream.opened();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        context = null;
        upstream.closed(answering);
        answering = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        var buffer = (ByteBuf) message;
        var scratch = upstream.scratch();
        try {
            while (buffer.isReadable()) {
                int length = Math.min(buffer.readableBytes(), scratch.length);
                buffer.readBytes(scratch, 0, length);
                reader.read(scratch, 0, length);
            }
        } finally {
            buffer.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        var _ = failed.close();
    }

    @Override
    public void head(byte[] bytes, int length) {
        beginLength = 0;
        endLength = 0;
        control = null;
        var line = firstWords(bytes, length);
        if (line.contains(" /rig/")) {
            control = line;
        }
    }

    /// Enough of the first line to tell a call by the rig from one by a gateway.
    private static String firstWords(byte[] bytes, int length) {
        if (length > 9 && bytes[5] == '/' && bytes[6] == 'v') {
            return "";
        }
        int end = 0;
        while (bytes[end] != '\r') {
            end++;
        }
        return HttpReader.text(bytes, end);
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        int first = Math.min(to - from, WINDOW - beginLength);
        System.arraycopy(bytes, from, begin, beginLength, first);
        beginLength += first;
        int rest = to - from - first;
        if (rest >= WINDOW) {
            System.arraycopy(bytes, to - WINDOW, end, 0, WINDOW);
            endLength = WINDOW;
        } else if (rest > 0) {
            int kept = Math.min(endLength, WINDOW - rest);
            System.arraycopy(end, endLength - kept, spare, 0, kept);
            System.arraycopy(bytes, to - rest, spare, kept, rest);
            var swap = end;
            end = spare;
            spare = swap;
            endLength = kept + rest;
        }
    }

    @Override
    public void end() {
        var to = context;
        if (to == null) {
            return;
        }
        if (control != null) {
            var _ = to.writeAndFlush(Answers.reply(to.alloc(), upstream.control(control)));
            return;
        }
        received = System.nanoTime();
        behaviour = upstream.behaviour();
        answers = upstream.answers();
        streams = isTrue(STREAM);
        wantsUsage = streams && isTrue(USAGE);
        double drawn = upstream.random().nextDouble();
        if (drawn < behaviour.errors()) {
            var _ = to.writeAndFlush(Answers.unavailable(to.alloc()));
            return;
        }
        cut = drawn < behaviour.errors() + behaviour.cuts();
        answering = true;
        upstream.started();
        next = 0;
        long ttft = behaviour.ttftNanos(upstream.random());
        if (ttft == 0 && behaviour.pace().isZero() && !cut) {
            whole(to);
        } else {
            upstream.pacer().after(streams ? ttft : ttft + paceOfAll(), this);
        }
    }

    private long paceOfAll() {
        return behaviour.pace().toNanos() * (behaviour.tokens() - 1);
    }

    private void whole(ChannelHandlerContext to) {
        finished();
        var _ =
                to.writeAndFlush(
                        streams
                                ? answers.stream(to.alloc(), received, wantsUsage)
                                : answers.json(to.alloc(), received));
    }

    @Override
    public void due() {
        var to = context;
        if (to == null || !answering) {
            return;
        }
        if (cut && (!streams || next == behaviour.tokens() / 2)) {
            var _ = to.close();
        } else if (!streams) {
            whole(to);
        } else {
            token(to);
        }
    }

    private void token(ChannelHandlerContext to) {
        int i = next++;
        if (next == behaviour.tokens()) {
            finished();
        } else {
            upstream.pacer().after(behaviour.pace().toNanos(), this);
        }
        // What a reader does not take would pile up here: a slow one gets its tokens later.
        if (to.channel().isWritable()) {
            var _ = to.writeAndFlush(answers.part(to.alloc(), i, received, wantsUsage));
        } else {
            next = i;
            if (!answering) {
                answering = true;
                upstream.started();
                upstream.pacer().after(behaviour.pace().toNanos(), this);
            }
        }
    }

    private void finished() {
        answering = false;
        upstream.finished();
    }

    private boolean isTrue(byte[] key) {
        return isTrue(begin, beginLength, key) || isTrue(end, endLength, key);
    }

    /// Whether `key` stands in `bytes` with `true` after it. Inside a string its quotes would be
    /// escaped, so text of a prompt is not taken for it.
    static boolean isTrue(byte[] bytes, int length, byte[] key) {
        for (int at = 0; at + key.length < length; at++) {
            if (bytes[at] == '"' && matches(bytes, at, key)) {
                int value = at + key.length;
                while (value < length && (bytes[value] == ' ' || bytes[value] == ':')) {
                    value++;
                }
                if (value < length && bytes[value] == 't') {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean matches(byte[] bytes, int at, byte[] key) {
        for (int i = 1; i < key.length; i++) {
            if (bytes[at + i] != key[i]) {
                return false;
            }
        }
        return true;
    }
}
