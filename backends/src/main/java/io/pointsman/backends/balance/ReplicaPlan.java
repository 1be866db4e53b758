package io.pointsman.backends.balance;

import io.pointsman.backends.StatusPages;
import io.pointsman.backends.discovery.Address;
import io.pointsman.backends.discovery.Discovery;
import java.time.Duration;
import java.util.Optional;

/// How the replicas of one configured backend are found, started and looked after.
///
/// @param name as the configuration calls the backend
/// @param discovery finds its replicas
/// @param refresh how often it is asked; empty where they never change
/// @param checks which of their pages are looked at
/// @param starter starts a replica
public record ReplicaPlan(
        String name,
        Discovery discovery,
        Optional<Duration> refresh,
        Checks checks,
        Starter starter) {

    /// Starts replicas.
    @FunctionalInterface
    public interface Starter {

        /// Makes what calls the replica at `address`; nothing is called yet.
        Started start(Address address);
    }

    /// A replica that was started.
    ///
    /// @param replica calls it
    /// @param pages its status pages; empty where it has none
    public record Started(Replica replica, Optional<StatusPages> pages) {}
}
