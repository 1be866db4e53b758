package io.pointsman.gateway.routing;

import java.util.Locale;

/// The headers in which the gateway says what it did; [#ROUTE] is also how a client chooses.
public enum FactHeader {
    REQUEST_ID,
    ROUTE,
    RULE,
    DIFFICULTY,
    REASON,
    BACKEND,
    ATTEMPTS,
    PARAMETERS,
    COST_USD;

    private final String key = "x-pointsman-" + name().toLowerCase(Locale.ROOT).replace('_', '-');

    /// The header's name.
    public String key() {
        return key;
    }
}
