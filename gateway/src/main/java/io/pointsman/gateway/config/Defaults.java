package io.pointsman.gateway.config;

import java.time.Duration;

/// Every default of the configuration that is a value; the built-in backends, pools and policies
/// are in `default.yaml`.
final class Defaults {

    static final String HOST_WITHOUT_KEYS = "127.0.0.1";
    static final String HOST_WITH_KEYS = "0.0.0.0";
    static final int PORT = 8080;
    static final int MANAGEMENT_PORT = 8081;
    static final int MAX_REQUEST_BYTES = 8 << 20;
    static final String KEYS_ENV = "POINTSMAN_API_KEYS";
    static final boolean MAY_CHOOSE_ROUTE = true;
    static final BackendKind KIND = BackendKind.OPENAI;
    static final int CONTEXT_LENGTH = 128 << 10;
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    static final Duration FIRST_TOKEN_TIMEOUT = Duration.ofSeconds(60);
    static final Duration BETWEEN_TOKENS_TIMEOUT = Duration.ofSeconds(60);
    static final Duration TOTAL_TIMEOUT = Duration.ofHours(1);
    static final int MAX_ATTEMPTS = 3;
    static final Duration RETRY_WITHIN = Duration.ofSeconds(1);
    static final Duration RETRY_BACKOFF = Duration.ofMillis(100);
    static final Duration MAX_RETRY_WAIT = Duration.ofSeconds(10);
    static final double HEDGE_SHARE = 0.05;
    static final double RETRY_BUDGET = 0.2;
    static final Duration COOLDOWN = Duration.ofSeconds(5);
    static final int BREAKER_WINDOW = 20;
    static final int BREAKER_MINIMUM_CALLS = 5;
    static final double BREAKER_FAILURE_RATE = 0.5;
    static final Duration BREAKER_OPEN_FOR = Duration.ofSeconds(10);
    static final int BREAKER_TRIAL_CALLS = 2;
    static final Reasoning REASONING = Reasoning.AUTO;
    static final boolean FEEDBACK = true;
    static final boolean EVIDENCE = true;

    private Defaults() {}
}
