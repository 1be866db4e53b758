package io.pointsman.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends requests of one shape to one gateway: as many at a time as asked (closed), or at the times
/// of a Poisson process whatever the answers do (open). One loop owns its state; the methods that
/// are not package-internal callbacks may be called from any other thread.
final class Generator implements AutoCloseable {

    private static final int NEVER = Integer.MAX_VALUE;
    private static final int MOST_CONNECTIONS = 6000;

    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final ChatRequests requests;
    private final int expectedTokens;
    private final byte[] scratch = new byte[1 << 18];
    private final Set<ClientConnection> connections = new HashSet<>();
    private final ArrayDeque<ClientConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private Figures figures = new Figures();
    private @Nullable Arrivals arrivals;
    private String lastRefusal = "";
    private double aborts;
    private int target;
    private int connecting;
    private boolean closed;

    /// @param expectedTokens of a complete answer, each with a stamp
    Generator(EventLoop loop, int port, ChatRequests requests, int expectedTokens) {
        this.loop = loop;
        this.requests = requests;
        this.expectedTokens = expectedTokens;
        bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
                        .remoteAddress("127.0.0.1", port)
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(new ClientConnection(Generator.this));
                                    }
                                });
    }

    /// Keeps `count` requests running, each sent as one ends.
    void closedLoop(int count) throws Exception {
        on(() -> {
            target = count;
            while (connections.size() + connecting < target) {
                connect();
            }
            fill();
            return null;
        });
    }

    /// Sends `perSecond` on average from now on.
    void openLoop(double perSecond) throws Exception {
        on(() -> {
            arrivals = new Arrivals(3, System.nanoTime(), perSecond);
            schedule(arrivals);
            return null;
        });
    }

    /// From now on gives up this share of the requests, each after some of its tokens.
    void abort(double share) throws Exception {
        on(() -> {
            aborts = share;
            return null;
        });
    }

    /// What was seen since the last call.
    Figures take() throws Exception {
        return on(() -> {
            var seen = figures;
            figures = new Figures();
            return seen;
        });
    }

    /// The last answer that was not 200, for messages.
    String lastRefusal() throws Exception {
        return on(() -> lastRefusal);
    }

    /// Closes all connections, running requests included.
    @Override
    public void close() {
        var _ = loop.submit(this::shut).syncUninterruptibly();
    }

    private void shut() {
        if (closed) {
            return;
        }
        closed = true;
        target = 0;
        arrivals = null;
        for (var connection : connections.toArray(ClientConnection[]::new)) {
            connection.close();
        }
        requests.release();
    }

    private <T extends @Nullable Object> T on(Callable<T> call) throws Exception {
        return loop.submit(call).get();
    }

    private void schedule(Arrivals times) {
        long next = times.next();
        var _ =
                loop.schedule(
                        () -> arrive(times, next),
                        Math.max(0, next - System.nanoTime()),
                        TimeUnit.NANOSECONDS);
    }

    private void arrive(Arrivals times, long intended) {
        if (arrivals != times) {
            return;
        }
        var connection = idle.pollLast();
        if (connection != null) {
            send(connection, intended);
        } else {
            waiting.add(intended);
            connect();
        }
        schedule(times);
    }

    private void connect() {
        if (closed || connections.size() + connecting >= MOST_CONNECTIONS) {
            return;
        }
        connecting++;
        var _ =
                bootstrap
                        .connect()
                        .addListener(result -> {
                            connecting--;
                            if (!result.isSuccess()) {
                                figures.failed++;
                                var _ = loop.schedule(this::replace, 10, TimeUnit.MILLISECONDS);
                            }
                        });
    }

    private void replace() {
        if (!closed && (connections.size() + connecting < target || !waiting.isEmpty())) {
            connect();
        }
    }

    private void send(ClientConnection connection, long intended) {
        int abortAfter =
                aborts > 0 && random.nextDouble() < aborts
                        ? random.nextInt(Math.max(1, expectedTokens))
                        : NEVER;
        connection.send(intended, abortAfter);
    }

    private void fill() {
        while (!idle.isEmpty() && connections.size() - idle.size() < target) {
            send(idle.removeLast(), System.nanoTime());
        }
    }

    void connected(ClientConnection connection) {
        if (closed) {
            connection.close();
            return;
        }
        connections.add(connection);
        idle(connection);
    }

    void idle(ClientConnection connection) {
        var intended = waiting.poll();
        if (intended != null) {
            send(connection, intended);
        } else if (connections.size() - idle.size() <= target) {
            send(connection, System.nanoTime());
        } else {
            idle.add(connection);
        }
    }

    void disconnected(ClientConnection connection) {
        connections.remove(connection);
        idle.remove(connection);
        if (closed) {
            return;
        }
        // A gateway that closes at once must not make this a busy loop.
        var _ = loop.schedule(this::replace, 1, TimeUnit.MILLISECONDS);
    }

    void refused(String text) {
        lastRefusal = text;
    }

    ChatRequests requests() {
        return requests;
    }

    Figures figures() {
        return figures;
    }

    byte[] scratch() {
        return scratch;
    }

    int expectedTokens() {
        return expectedTokens;
    }
}
