package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushConsolidationTest {

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final LocalAddress address = new LocalAddress(FlushConsolidationTest.class);

    FlushConsolidationTest() throws InterruptedException {
        new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childHandler(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public boolean isSharable() {
                                return true;
                            }

                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                log.add("came " + message);
                            }

                            @Override
                            public void channelInactive(ChannelHandlerContext context) {
                                log.add("closed");
                            }
                        })
                .bind(address)
                .sync();
    }

    @AfterEach
    void stop() {
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void whatARoundWritesGoesOutAtItsEnd() throws Exception {
        var one = connect("one");
        var other = connect("other");

        loop.execute(() -> {
            var _ = one.writeAndFlush("a");
            var _ = other.writeAndFlush("b");
            var _ = one.writeAndFlush("c");
            loop.execute(() -> log.add("next task"));
        });

        assertThat(next(6))
                .containsExactly(
                        "next task", "flush one", "came a", "came c", "flush other", "came b");
    }

    @Test
    void eachRoundHasAFlushOfItsOwn() throws Exception {
        var one = connect("one");

        write(one, "a");
        assertThat(next(2)).containsExactly("flush one", "came a");
        write(one, "b");
        assertThat(next(2)).containsExactly("flush one", "came b");
    }

    @Test
    void whatWasWrittenBeforeTheEndOfAConnectionGoesOut() throws Exception {
        var one = connect("one");

        loop.execute(() -> {
            var _ = one.writeAndFlush("last words");
            var _ = one.close();
        });

        assertThat(next(3)).containsExactly("flush one", "came last words", "closed");
    }

    private void write(Channel to, String message) {
        loop.execute(() -> {
            var _ = to.writeAndFlush(message);
        });
    }

    private Channel connect(String name) throws InterruptedException {
        return new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                FlushConsolidation.addTo(channel);
                                channel.pipeline().addFirst(new Flushes(name));
                            }
                        })
                .connect(address)
                .sync()
                .channel();
    }

    private List<String> next(int count) throws InterruptedException {
        var next = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            next.add(log.poll(20, TimeUnit.SECONDS));
        }
        return next;
    }

    /// Notes the flushes of a connection where they meet its socket.
    private final class Flushes extends ChannelOutboundHandlerAdapter {

        private final String name;

        private Flushes(String name) {
            this.name = name;
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            log.add("flush " + name);
            context.flush();
        }
    }
}
