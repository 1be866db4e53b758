package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterestConsolidationTest {

    private static final IoOps READ = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    private static final IoOps NOT_READ = EpollIoOps.EPOLLRDHUP;
    private static final IoOps WRITE = EpollIoOps.EPOLLOUT;

    private static final IoHandlerContext CONTEXT =
            new IoHandlerContext() {
                @Override
                public boolean canBlock() {
                    return true;
                }

                @Override
                public long delayNanos(long now) {
                    return 0;
                }

                @Override
                public long deadlineNanos() {
                    return -1;
                }
            };

    private final Kernel kernel = new Kernel();
    private final InterestConsolidation loop = new InterestConsolidation(kernel);
    private final Socket socket = new Socket();

    @Test
    void tellsTheFirstInterestAtOnce() throws Exception {
        loop.register(socket).submit(READ);

        assertThat(kernel.log).containsExactly("told " + READ);
    }

    @Test
    void tellsAChangeBeforeItWaits() throws Exception {
        var interest = loop.register(socket);
        interest.submit(READ);
        kernel.log.clear();

        interest.submit(NOT_READ);
        assertThat(kernel.log).isEmpty();
        loop.run(CONTEXT);

        assertThat(kernel.log).containsExactly("told " + NOT_READ, "waited");
    }

    @Test
    void saysNothingOfWhatCameAndWent() throws Exception {
        var interest = loop.register(socket);
        interest.submit(READ);
        kernel.log.clear();

        for (int round = 0; round < 3; round++) {
            interest.submit(NOT_READ);
            interest.submit(READ);
            loop.run(CONTEXT);
        }

        assertThat(kernel.log).containsExactly("waited", "waited", "waited");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theSystemKnowsAtEachWaitWhatWasSubmittedLast(long seed) throws Exception {
        var random = new Random(seed);
        var sockets = List.of(new Socket(), new Socket(), new Socket());
        var interests = new ArrayList<IoRegistration>();
        var last = new ArrayList<IoOps>();
        for (var one : sockets) {
            interests.add(loop.register(one));
            interests.getLast().submit(READ);
            last.add(READ);
        }
        for (int round = 0; round < 1_000; round++) {
            int before = kernel.log.size();
            for (int change = random.nextInt(6); change > 0; change--) {
                int one = random.nextInt(sockets.size());
                var ops = List.of(READ, NOT_READ, WRITE).get(random.nextInt(3));
                interests.get(one).submit(ops);
                last.set(one, ops);
            }
            loop.run(CONTEXT);

            assertThat(sockets.stream().map(it -> it.told)).containsExactlyElementsOf(last);
            assertThat(kernel.log.size() - before).isLessThanOrEqualTo(sockets.size() + 1);
        }
    }

    @Test
    void saysNothingOfAConnectionThatIsGone() throws Exception {
        var interest = loop.register(socket);
        interest.submit(READ);
        interest.submit(NOT_READ);
        kernel.log.clear();

        assertThat(interest.cancel()).isTrue();
        assertThat(interest.isValid()).isFalse();
        assertThat(interest.submit(READ)).isNegative();
        loop.run(CONTEXT);

        assertThat(kernel.log).containsExactly("cancelled", "waited");
    }

    @Test
    void closesAConnectionThatTheSystemDoesNotTake() throws Exception {
        var other = loop.register(new Socket());
        other.submit(READ);
        var interest = loop.register(socket);
        interest.submit(READ);
        kernel.log.clear();
        socket.broken = true;
        socket.onClose = () -> other.submit(NOT_READ);

        interest.submit(NOT_READ);
        loop.run(CONTEXT);

        assertThat(kernel.log).containsExactly("closed", "told " + NOT_READ, "waited");
    }

    @Test
    void aFirstInterestThatIsNotTakenIsTheCallersToKnow() throws Exception {
        socket.broken = true;
        var interest = loop.register(socket);

        assertThatThrownBy(() -> interest.submit(READ)).isInstanceOf(UncheckedIOException.class);
    }

    /// Notes what it is told.
    private static final class Kernel implements IoHandler {

        private final List<String> log = new ArrayList<>();

        @Override
        public int run(IoHandlerContext context) {
            log.add("waited");
            return 0;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            var socket = (Socket) handle;
            socket.log = log;
            return new Registration(socket);
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }

        private final class Registration implements IoRegistration {

            private final Socket socket;
            private boolean valid = true;

            private Registration(Socket socket) {
                this.socket = socket;
            }

            @Override
            @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
            public <T> T attachment() {
                return (T) "";
            }

            @Override
            public long submit(IoOps ops) {
                if (!valid) {
                    return -1;
                }
                if (socket.broken) {
                    throw new UncheckedIOException(new IOException("no such descriptor"));
                }
                socket.told = ops;
                log.add("told " + ops);
                return 0;
            }

            @Override
            public boolean isValid() {
                return valid;
            }

            @Override
            public boolean cancel() {
                log.add("cancelled");
                valid = false;
                return true;
            }
        }
    }

    private static final class Socket implements IoHandle {

        private List<String> log = new ArrayList<>();
        private IoOps told = EpollIoOps.NONE;
        private boolean broken;
        private Runnable onClose = () -> {};

        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {
            log.add("closed");
            onClose.run();
        }
    }
}
