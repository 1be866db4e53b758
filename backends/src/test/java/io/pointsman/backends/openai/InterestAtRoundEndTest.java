package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterestAtRoundEndTest {

    private static final IoHandlerContext BUSY = new Busy();

    private final List<String> log = new ArrayList<>();
    private final OperatingSystem system = new OperatingSystem();
    private final InterestAtRoundEnd handler = new InterestAtRoundEnd(system);

    @Test
    void tellsAtOnceWhatAConnectionWaitsForAtFirst() throws Exception {
        connection("a").submit(new Ops("read"));

        assertThat(log).containsExactly("a read");
    }

    @Test
    void tellsNothingOfWhatIsTakenBackWithinARound() throws Exception {
        var connection = connection("a");
        connection.submit(new Ops("read"));
        connection.submit(new Ops("nothing"));
        connection.submit(new Ops("read"));

        handler.run(BUSY);

        assertThat(log).containsExactly("a read", "run");
    }

    @Test
    void tellsTheLatestBeforeItWaits() throws Exception {
        var connection = connection("a");
        connection.submit(new Ops("read"));
        connection.submit(new Ops("nothing"));
        connection.submit(new Ops("write"));

        handler.run(BUSY);
        handler.run(BUSY);

        assertThat(log).containsExactly("a read", "a write", "run", "run");
    }

    @Test
    void tellsEachConnectionOnItsOwn() throws Exception {
        var a = connection("a");
        var b = connection("b");
        a.submit(new Ops("read"));
        b.submit(new Ops("read"));
        a.submit(new Ops("nothing"));
        b.submit(new Ops("nothing"));
        b.submit(new Ops("read"));

        handler.run(BUSY);
        a.submit(new Ops("read"));
        handler.run(BUSY);

        assertThat(log).containsExactly("a read", "b read", "a nothing", "run", "a read", "run");
    }

    @Test
    void forgetsWhatIsCancelled() throws Exception {
        var connection = connection("a");
        connection.submit(new Ops("read"));
        connection.submit(new Ops("nothing"));
        connection.cancel();

        handler.run(BUSY);

        assertThat(log).containsExactly("a read", "a cancelled", "run");
    }

    @Test
    void closesWhatCannotBeWaitedFor() throws Exception {
        var connection = connection("a");
        connection.submit(new Ops("read"));
        connection.submit(new Ops("the impossible"));

        handler.run(BUSY);

        assertThat(log).containsExactly("a read", "a closed", "run");
    }

    private IoRegistration connection(String name) throws Exception {
        return handler.register(new Handle(name));
    }

    private record Ops(String what) implements IoOps {}

    private record Busy() implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return 0;
        }
    }

    private final class Handle implements IoHandle {

        private final String name;

        private Handle(String name) {
            this.name = name;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {
            log.add(name + " closed");
        }
    }

    /// Notes what it is told.
    private final class OperatingSystem implements IoHandler {

        @Override
        public int run(IoHandlerContext context) {
            log.add("run");
            return 0;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            return new Told(((Handle) handle).name);
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }

    private final class Told implements IoRegistration {

        private final String name;
        private boolean valid = true;

        private Told(String name) {
            this.name = name;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // It is Netty's.
        public <T> T attachment() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long submit(IoOps ops) {
            var what = ((Ops) ops).what();
            if (what.equals("the impossible")) {
                throw new IllegalStateException(what);
            }
            log.add(name + " " + what);
            return 0;
        }

        @Override
        public boolean isValid() {
            return valid;
        }

        @Override
        public boolean cancel() {
            valid = false;
            log.add(name + " cancelled");
            return true;
        }
    }
}
