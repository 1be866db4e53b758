package io.pointsman.gateway.config;

import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import java.time.Duration;

/// Every default of the configuration that is a value; the built-in backends, pools and policies
/// are in `default.yaml`.
final class Defaults {

    static final String HOST_WITHOUT_KEYS = "127.0.0.1";
    static final String HOST_WITH_KEYS = "0.0.0.0";
    static final int PORT = 8080;
    static final int MANAGEMENT_PORT = 8081;
    static final int MAX_REQUEST_BYTES = 8 << 20;
    static final Duration FIRST_PING_AFTER = Duration.ofSeconds(15);
    static final Duration PING_INTERVAL = Duration.ofSeconds(15);
    static final int MAX_CONCURRENT_REQUESTS = 10_000;
    static final Duration DRAIN_DELAY = Duration.ZERO;
    static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(25);
    static final String KEYS_ENV = "POINTSMAN_API_KEYS";
    static final boolean MAY_CHOOSE_ROUTE = true;
    static final BackendKind KIND = BackendKind.OPENAI;
    static final int CONTEXT_LENGTH = 128 << 10;
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    static final Duration FIRST_TOKEN_TIMEOUT = Duration.ofSeconds(60);
    static final Duration DNS_REFRESH = Duration.ofSeconds(10);
    static final Duration FILE_REFRESH = Duration.ofSeconds(5);
    static final Duration PROBE_EVERY = Duration.ofSeconds(5);
    static final String METRICS_PATH = "/metrics";
    static final Duration BETWEEN_TOKENS_TIMEOUT = Duration.ofSeconds(60);
    static final Duration TOTAL_TIMEOUT = Duration.ofHours(1);
    static final int MAX_ATTEMPTS = 3;
    static final Duration RETRY_WITHIN = Duration.ofSeconds(1);
    static final Duration RETRY_BACKOFF = Duration.ofMillis(100);
    static final Duration MAX_RETRY_WAIT = Duration.ofSeconds(2);
    static final double HEDGE_SHARE = 0.05;
    static final double RETRY_BUDGET = 0.2;
    static final Duration COOLDOWN = Duration.ofSeconds(5);
    static final int BREAKER_WINDOW = 20;
    static final int BREAKER_MINIMUM_CALLS = 5;
    static final double BREAKER_FAILURE_RATE = 0.5;
    static final Duration BREAKER_OPEN_FOR = Duration.ofSeconds(10);
    static final int BREAKER_TRIAL_CALLS = 2;
    static final Reasoning REASONING = Reasoning.AUTO;
    static final ReasoningField REASONING_FIELD = ReasoningField.AS_IS;
    static final ReasoningTokens REASONING_TOKENS = ReasoningTokens.AUTO;
    static final int REPEATED_CHUNKS = 100;
    static final long MAX_RESPONSE_BYTES = 64 << 20;
    static final boolean FEEDBACK = true;
    static final boolean EVIDENCE = true;

    static final Duration LEDGER_SYNC = Duration.ofMillis(50);
    static final LedgerConfig.WhenFull WHEN_FULL = LedgerConfig.WhenFull.COUNT;
    static final Duration RETENTION = Duration.ofDays(90);
    static final long LEDGER_SIZE = 10L << 30;
    static final int LEDGER_BATCH = 500;

    private Defaults() {}
}
