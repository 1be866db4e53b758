package io.pointsman.backends.openai;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/// Tells the system what connections wait for once in a round of an event loop, before the loop
/// waits itself, and only where that is other than what the system knows.
///
/// HTTP over Reactor Netty stops reading when a request begins and reads on when somebody asks for
/// its body, and likewise for answers: on both sides of a call a connection's interest goes and
/// comes back within a round, each change by a call of the system. Events come with a wait alone,
/// so that nobody can tell what the system was not told between two waits. What was not read stays
/// ready, since Netty's sockets are level-triggered.
///
/// Confined to its loop, from which Netty submits all interest.
final class InterestConsolidation implements IoHandler {

    private static final Logger LOG = Loggers.getLogger(InterestConsolidation.class);

    private final IoHandler handler;
    private final List<Interest> changed = new ArrayList<>();

    /// Around `handler`, of the same loop.
    InterestConsolidation(IoHandler handler) {
        this.handler = handler;
    }

    /// Makes a handler for each loop that waits by epoll.
    static IoHandlerFactory epoll() {
        var factory = EpollIoHandler.newFactory();
        return executor -> new InterestConsolidation(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        // What closes because of it may add to the list.
        for (int i = 0; i < changed.size(); i++) {
            changed.get(i).tell();
        }
        changed.clear();
        return handler.run(context);
    }

    @Override
    public void prepareToDestroy() {
        handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
        handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Interest(handle, handler.register(handle));
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    /// What one connection waits for.
    private final class Interest implements IoRegistration {

        private final IoHandle handle;
        private final IoRegistration registration;

        /// Null before the first, which is told at once.
        private @Nullable IoOps told;

        private @Nullable IoOps current;
        private boolean noted;

        private Interest(IoHandle handle, IoRegistration registration) {
            this.handle = handle;
            this.registration = registration;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's choice
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            current = ops;
            if (told == null) {
                told = ops;
                return registration.submit(ops);
            }
            if (!noted) {
                noted = true;
                changed.add(this);
            }
            return registration.isValid() ? 0 : -1;
        }

        private void tell() {
            noted = false;
            if (current == null || current.equals(told)) {
                return;
            }
            told = current;
            try {
                registration.submit(current);
            } catch (UncheckedIOException lost) {
                LOG.debug("a connection is closed, as its events would never come", lost);
                close();
            }
        }

        private void close() {
            try {
                handle.close();
            } catch (Exception e) {
                LOG.debug("a connection cannot be closed", e);
            }
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
