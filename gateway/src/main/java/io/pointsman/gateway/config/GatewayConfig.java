package io.pointsman.gateway.config;

import io.pointsman.api.Tenant;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.policies.Policies;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// All that `pointsman.yaml` says, checked, with the defaults filled in. Immutable.
///
/// @param server where clients connect
/// @param management where probes and metrics are
/// @param auth who clients are
/// @param backends by name, in the file's order; each is in at least one pool
/// @param pools by name, in the file's order
/// @param head what the classifier scores with
/// @param memory how the classifier remembers outcomes; see [#memory(Map)] for where
/// @param policies which way requests go
/// @param learn what the classifier learns from; empty where it learns nothing
/// @param ledger how records are kept; see [#ledger(Map)] for where
public record GatewayConfig(
        Server server,
        Management management,
        Auth auth,
        SequencedMap<String, BackendConfig> backends,
        SequencedMap<String, PoolConfig> pools,
        Head head,
        MemorySettings memory,
        Policies policies,
        Optional<LearnConfig> learn,
        LedgerConfig ledger) {

    /// The environment variable that names the folder of what outlives a restart.
    public static final String DATA_VARIABLE = "POINTSMAN_DATA";

    private static final String MEMORY_FILE = "pointsman-outcomes.log";
    private static final String LEDGER_FOLDER = "ledger";
    private static final int VERSION_BYTES = 6;

    public GatewayConfig {
        backends = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(backends));
        pools = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(pools));
    }

    /// How the classifier remembers outcomes: in the file that the configuration names, else in the
    /// folder that [#DATA_VARIABLE] of `environment` names, else for this run alone.
    public MemorySettings memory(Map<String, String> environment) {
        var folder = environment.getOrDefault(DATA_VARIABLE, "");
        var inFolder =
                folder.isBlank()
                        ? Optional.<Path>empty()
                        : Optional.of(Path.of(folder, MEMORY_FILE));
        return new MemorySettings(
                memory.file().or(() -> inFolder),
                memory.capacity(),
                memory.halfLife(),
                memory.sharing());
    }

    /// How records are kept: in the folder that the configuration names, else in `ledger` in the
    /// folder that [#DATA_VARIABLE] of `environment` names, else for this run alone.
    public LedgerConfig ledger(Map<String, String> environment) {
        var folder = environment.getOrDefault(DATA_VARIABLE, "");
        var inFolder =
                folder.isBlank()
                        ? Optional.<Path>empty()
                        : Optional.of(Path.of(folder, LEDGER_FOLDER));
        return ledger.in(ledger.folder().or(() -> inFolder));
    }

    /// Names what decides on routes: the same for the same pools, head and rules, whatever else the
    /// file says.
    public String policyVersion() {
        var text = String.join("\n", pools.toString(), head.toString(), policies.toString());
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Where clients connect.
    ///
    /// @param host the address to listen on; empty for the default
    /// @param port 0 for any that is free
    /// @param maxRequestBytes the longest body that is read
    /// @param allowedOrigins what pages of browsers may call, as CORS has it; empty for none
    /// @param pings what keeps connections alive while a model is silent
    /// @param maxConcurrentRequests how many chat requests may be under way at once
    /// @param drain how it stops
    public record Server(
            Optional<String> host,
            int port,
            int maxRequestBytes,
            List<String> allowedOrigins,
            Pings pings,
            int maxConcurrentRequests,
            Drain drain) {

        static final Server DEFAULT =
                new Server(
                        Optional.empty(),
                        Defaults.PORT,
                        Defaults.MAX_REQUEST_BYTES,
                        List.of(),
                        Pings.DEFAULT,
                        Defaults.MAX_CONCURRENT_REQUESTS,
                        Drain.DEFAULT);

        public Server {
            allowedOrigins = List.copyOf(allowedOrigins);
        }

        /// The address to listen on: without keys only this machine, unless the file says
        /// otherwise.
        ///
        /// @param keys whether clients must have keys
        public String address(boolean keys) {
            return GatewayConfig.address(host, keys);
        }
    }

    /// What keeps connections alive while a model is silent.
    ///
    /// @param firstAfter how long after the request, if nothing was sent until then
    /// @param interval how long after whatever was sent last
    public record Pings(Duration firstAfter, Duration interval) {

        static final Pings DEFAULT = new Pings(Defaults.FIRST_PING_AFTER, Defaults.PING_INTERVAL);
    }

    /// How the server stops.
    ///
    /// @param delay how long it still takes requests while it says that it is not ready
    /// @param timeout how long running answers may take to end then
    public record Drain(Duration delay, Duration timeout) {

        static final Drain DEFAULT = new Drain(Defaults.DRAIN_DELAY, Defaults.DRAIN_TIMEOUT);
    }

    /// Where probes and metrics are.
    ///
    /// @param host the address to listen on; empty for the default
    /// @param port 0 for any that is free
    public record Management(Optional<String> host, int port) {

        static final Management DEFAULT =
                new Management(Optional.empty(), Defaults.MANAGEMENT_PORT);

        /// The address to listen on: without keys only this machine, unless the file says
        /// otherwise.
        ///
        /// @param keys whether clients must have keys
        public String address(boolean keys) {
            return GatewayConfig.address(host, keys);
        }
    }

    /// Who clients are.
    ///
    /// @param keysFile a file of keys
    /// @param keysEnv the environment variable that may hold keys
    /// @param tenants what tenants may do, by name; see [#tenant]
    public record Auth(Optional<Path> keysFile, String keysEnv, Map<String, Tenant> tenants) {

        static final Auth DEFAULT = new Auth(Optional.empty(), Defaults.KEYS_ENV, Map.of());

        public Auth {
            tenants = Map.copyOf(tenants);
        }

        /// The tenant `name`, with the defaults where the file says nothing of it.
        public Tenant tenant(String name) {
            return tenants.getOrDefault(name, new Tenant(name, Defaults.MAY_CHOOSE_ROUTE));
        }
    }

    private static String address(Optional<String> host, boolean keys) {
        return host.orElse(keys ? Defaults.HOST_WITH_KEYS : Defaults.HOST_WITHOUT_KEYS);
    }
}
