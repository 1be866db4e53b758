package io.pointsman.gateway.config;

import io.pointsman.policies.yaml.YamlMap;
import io.pointsman.policies.yaml.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Reads what stands under `ledger`. Confined to the reading thread.
final class LedgerReader {

    private static final String ALWAYS = "always";
    private static final String JDBC = "jdbc:postgresql:";
    private static final Duration SHORTEST_SYNC = Duration.ofMillis(1);
    private static final Duration LONGEST_SYNC = Duration.ofMinutes(1);
    private static final Duration SHORTEST_RETENTION = Duration.ofHours(1);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);
    private static final long SMALLEST = 1L << 20;
    private static final long LARGEST = 1L << 50;
    private static final int LARGEST_BATCH = 10_000;

    private final References references;

    LedgerReader(References references) {
        this.references = references;
    }

    LedgerConfig read(YamlMap map) {
        Optional<Path> folder = map.value("folder").flatMap(references::path);
        var postgres = map.map("postgres", this::postgres).flatMap(it -> it);
        return new LedgerConfig(
                folder,
                map.value("sync").flatMap(LedgerReader::sync).orElse(Defaults.LEDGER_SYNC),
                map.oneOf("when-full", LedgerConfig.WhenFull.class).orElse(Defaults.WHEN_FULL),
                map.duration("retention", SHORTEST_RETENTION, LONGEST_RETENTION)
                        .orElse(Defaults.RETENTION),
                map.bytes("max-size", SMALLEST, LARGEST).orElse(Defaults.LEDGER_SIZE),
                map.flag("log"),
                postgres);
    }

    private static Optional<Duration> sync(YamlValue value) {
        if (value.text().filter(ALWAYS::equals).isPresent()) {
            return Optional.of(Duration.ZERO);
        }
        return value.duration(SHORTEST_SYNC, LONGEST_SYNC);
    }

    private Optional<LedgerConfig.Postgres> postgres(YamlMap map) {
        var url = map.required("url").flatMap(LedgerReader::url);
        var user = map.text("user");
        var password = map.value("password").flatMap(references::secret);
        var batch = map.integer("batch", 1, LARGEST_BATCH).orElse(Defaults.LEDGER_BATCH);
        return url.map(it -> new LedgerConfig.Postgres(it, user, password, batch));
    }

    private static Optional<String> url(YamlValue value) {
        var url = value.text();
        if (url.isPresent() && !url.get().startsWith(JDBC)) {
            value.problem("must be like jdbc:postgresql://db.example.com/pointsman");
        } else if (url.filter(LedgerReader::holdsPassword).isPresent()) {
            value.problem("must not hold a password: password: {env: NAME} says where it is");
        }
        return url;
    }

    private static boolean holdsPassword(String url) {
        return url.contains("password=");
    }
}
