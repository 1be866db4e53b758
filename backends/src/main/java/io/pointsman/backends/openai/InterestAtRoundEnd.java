package io.pointsman.backends.openai;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/// Tells the operating system at the end of an event loop's round what each connection waits for,
/// and only where that is not what it knows. Confined to its event loop.
///
/// A server and a client of Reactor Netty stop reading from a connection when a message begins and
/// go on when somebody asks for its body, mostly a few microseconds later: two calls of the system
/// for nothing, twice for each request. The system looks at what is waited for when the loop waits,
/// and not before.
final class InterestAtRoundEnd implements IoHandler {

    private static final Logger LOG = Loggers.getLogger(InterestAtRoundEnd.class);

    private final IoHandler handler;
    private final List<Registration> changed = new ArrayList<>();

    /// @param handler waits, and handles what comes
    InterestAtRoundEnd(IoHandler handler) {
        this.handler = handler;
    }

    /// Makes such handlers over those of `factory`.
    static IoHandlerFactory over(IoHandlerFactory factory) {
        return executor -> new InterestAtRoundEnd(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        // What closes because of it may add to the list.
        for (int i = 0; i < changed.size(); i++) {
            changed.get(i).apply();
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
        return new Registration(handle, handler.register(handle));
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    /// What a connection waits for.
    private final class Registration implements IoRegistration {

        private final IoHandle handle;
        private final IoRegistration registration;

        /// What the system knows; null before it knows anything.
        private @Nullable IoOps known;

        /// What it is to know at the end of the round; null for nothing new.
        private @Nullable IoOps wanted;

        private Registration(IoHandle handle, IoRegistration registration) {
            this.handle = handle;
            this.registration = registration;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // It is Netty's.
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            if (known == null) {
                known = ops;
                return registration.submit(ops);
            }
            if (wanted == null) {
                changed.add(this);
            }
            wanted = ops;
            return 0;
        }

        private void apply() {
            var ops = wanted;
            wanted = null;
            if (ops == null || ops.equals(known) || !registration.isValid()) {
                return;
            }
            known = ops;
            try {
                registration.submit(ops);
            } catch (RuntimeException thrown) {
                LOG.debug("a connection cannot be waited for", thrown);
                close();
            }
        }

        private void close() {
            try {
                handle.close();
            } catch (Exception thrown) {
                LOG.debug("a connection cannot be closed", thrown);
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
