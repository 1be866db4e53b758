package io.pointsman.backends.discovery;

import io.netty.resolver.AddressResolverGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider;

/// The name service that this machine is configured with. Thread-safe.
///
/// It asks anew each time: the JDK's own resolver would remember an answer for thirty seconds.
public final class SystemNames implements DnsDiscovery.Names, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LoopResources loops = LoopResources.create("pointsman-names", 1, true);
    private final AddressResolverGroup<?> resolvers =
            NameResolverProvider.builder()
                    .cacheMinTimeToLive(Duration.ZERO)
                    .cacheMaxTimeToLive(Duration.ofSeconds(1))
                    .cacheNegativeTimeToLive(Duration.ZERO)
                    .queryTimeout(PATIENCE)
                    .build()
                    .newNameResolverGroup(loops, false);

    @Override
    public List<InetAddress> lookUp(String host) throws IOException {
        var answer =
                resolvers
                        .getResolver(loops.onClient(false).next())
                        .resolveAll(InetSocketAddress.createUnresolved(host, 0));
        try {
            return answer.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS).stream()
                    .map(address -> ((InetSocketAddress) address).getAddress())
                    .toList();
        } catch (ExecutionException | TimeoutException unknown) {
            throw new IOException("host " + host + " cannot be resolved", unknown);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", stop);
        }
    }

    @Override
    public void close() {
        resolvers.close();
        loops.dispose();
    }
}
