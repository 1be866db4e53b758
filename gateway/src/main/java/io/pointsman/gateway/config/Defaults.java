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
    static final Duration DNS_REFRESH = Duration.ofSeconds(10);
    static final Duration FILE_REFRESH = Duration.ofSeconds(5);
    static final Duration PROBE_EVERY = Duration.ofSeconds(5);
    static final String METRICS_PATH = "/metrics";
    static final Reasoning REASONING = Reasoning.AUTO;
    static final boolean FEEDBACK = true;
    static final boolean EVIDENCE = true;

    private Defaults() {}
}
