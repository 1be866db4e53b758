package io.pointsman.backends.openai;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import reactor.netty.http.client.HttpClient;

/// Resolves every host to one address, so that a connection goes to one replica of many while TLS
/// and the `Host` header still carry the name that they share. Thread-safe.
final class PinnedResolver extends AddressResolverGroup<InetSocketAddress> {

    private final InetAddress address;

    private PinnedResolver(InetAddress address) {
        this.address = address;
    }

    /// `client`, connecting to `address` where there is one.
    static HttpClient pin(HttpClient client, Optional<InetAddress> address) {
        return address.map(pinned -> client.resolver(new PinnedResolver(pinned))).orElse(client);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Pinned(executor).asAddressResolver();
    }

    private final class Pinned extends InetNameResolver {

        private Pinned(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            promise.setSuccess(address);
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            promise.setSuccess(List.of(address));
        }
    }
}
