package io.pointsman.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One of the generator's connections: sends a request, reads its answer. Confined to the
/// generator's loop.
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements HttpReader.Listener, Stamp.Listener {

    private final Generator generator;
    private final HttpReader reader = new HttpReader(this, true);
    private final Stamp.Finder stamps = new Stamp.Finder(this);
    private @Nullable ChannelHandlerContext context;
    private boolean busy;
    private boolean closing;
    private int status;
    private long intended;
    private long now;
    private long written;
    private long first;
    private int tokens;
    private int abortAfter;

    ClientConnection(Generator generator) {
        this.generator = generator;
    }

    /// Sends a request that was meant for `intended`; given up after `abortAfter` tokens.
    void send(long intended, int abortAfter) {
        var to = context;
        if (to == null) {
            throw new IllegalStateException("not connected");
        }
        this.intended = intended;
        this.abortAfter = abortAfter;
        busy = true;
        tokens = 0;
        first = 0;
        written = 0;
        status = 0;
        stamps.reset();
        var requests = generator.requests();
        var _ = to.write(requests.begin(to.alloc()));
        var _ = to.writeAndFlush(requests.rest());
    }

    void close() {
        if (context != null) {
            var _ = context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        generator.connected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        var buffer = (ByteBuf) message;
        var scratch = generator.scratch();
        now = System.nanoTime();
        var figures = generator.figures();
        figures.reads++;
        figures.bytes += buffer.readableBytes();
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
    public void head(byte[] bytes, int length) {
        status = HttpReader.status(bytes);
        closing = HttpReader.has(bytes, length, "connection: close");
        if (status != 200) {
            generator.refused(HttpReader.text(bytes, length));
        }
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        stamps.find(bytes, from, to);
        if (status != 200) {
            generator.refused(HttpReader.text(Arrays.copyOfRange(bytes, from, to), to - from));
        }
        if (tokens >= abortAfter && busy) {
            busy = false;
            generator.figures().aborted++;
            close();
        }
    }

    @Override
    public void stamp(byte kind, long nanos) {
        var figures = generator.figures();
        if (kind == Stamp.RECEIVED) {
            if (tokens == 1) {
                Figures.record(figures.firstAdded, first - intended - (written - nanos));
            }
            return;
        }
        tokens++;
        figures.tokens++;
        Figures.record(figures.tokenDelay, now - nanos);
        if (tokens == 1) {
            first = now;
            written = nanos;
            Figures.record(figures.ttft, now - intended);
        }
    }

    @Override
    public void end() {
        if (!busy) {
            return;
        }
        busy = false;
        var figures = generator.figures();
        if (status != 200) {
            figures.failed++;
        } else if (tokens < generator.expectedTokens()) {
            figures.truncated++;
        } else {
            figures.completed++;
            Figures.record(figures.duration, now - intended);
        }
        if (closing) {
            close();
        } else {
            generator.idle(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        context = null;
        now = System.nanoTime();
        if (!reader.closed() && busy) {
            busy = false;
            if (tokens > 0) {
                generator.figures().truncated++;
            } else {
                generator.figures().failed++;
            }
        }
        generator.disconnected(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        var _ = failed.close();
    }
}
