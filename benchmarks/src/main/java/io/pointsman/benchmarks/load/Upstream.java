package io.pointsman.benchmarks.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// An OpenAI-compatible server that answers from prepared bytes. One loop owns all its state.
///
/// Beside `/v1/chat/completions` (any path, in truth) it knows `/rig/behaviour?…`, which sets what
/// it does from then on, and `/rig/stats`.
final class Upstream implements AutoCloseable {

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Pacer pacer = new Pacer(group.next());
    private final RandomGenerator random = new SplittableRandom(1);
    private final byte[] scratch = new byte[1 << 18];
    private final Channel channel;

    private Behaviour behaviour = Behaviour.instant(64);
    private Answers answers = new Answers(64);
    private long connections;
    private long active;
    private long calls;
    private long abandoned;

    /// Listens on the loopback interface.
    Upstream(int port) throws InterruptedException {
        channel =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 8192)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel accepted) {
                                        accepted.pipeline()
                                                .addLast(new UpstreamConnection(Upstream.this));
                                    }
                                })
                        .bind("127.0.0.1", port)
                        .sync()
                        .channel();
    }

    /// Returns when the server is closed.
    void await() throws InterruptedException {
        channel.closeFuture().sync();
    }

    @Override
    public void close() {
        var _ = channel.close();
        var _ = group.shutdownGracefully();
    }

    Behaviour behaviour() {
        return behaviour;
    }

    Answers answers() {
        return answers;
    }

    Pacer pacer() {
        return pacer;
    }

    RandomGenerator random() {
        return random;
    }

    byte[] scratch() {
        return scratch;
    }

    void opened() {
        connections++;
    }

    void closed(boolean whileAnswering) {
        connections--;
        if (whileAnswering) {
            active--;
            abandoned++;
        }
    }

    void started() {
        calls++;
        active++;
    }

    void finished() {
        active--;
    }

    /// Does what the first line of a request to `/rig/…` says; the answer is JSON.
    String control(String line) {
        int query = line.indexOf('?');
        if (query > 0) {
            behaviour = Behaviour.parse(line.substring(query + 1, line.lastIndexOf(' ')));
            answers = new Answers(behaviour.tokens());
        }
        return "{\"connections\":%d,\"active\":%d,\"calls\":%d,\"abandoned\":%d}"
                .formatted(connections, active, calls, abandoned);
    }
}
