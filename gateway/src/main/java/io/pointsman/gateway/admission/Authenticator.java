package io.pointsman.gateway.admission;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.Tenant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tells from a request's `Authorization` header whose it is. The decision depends on nothing else.
/// Immutable.
public final class Authenticator {

    private static final String SCHEME = "bearer ";

    /// Longer than any key, so that hashing cannot be made to work hard.
    private static final int MAX_KEY_LENGTH = 512;

    private final ApiKeys keys;
    private final Function<String, Tenant> tenants;

    /// Accepts `keys`; `tenants` gives what each tenant may do, by name.
    public Authenticator(ApiKeys keys, Function<String, Tenant> tenants) {
        this.keys = keys;
        this.tenants = tenants;
    }

    /// The tenant that `authorization` proves.
    ///
    /// @throws FailureException with [Failure.Unauthenticated] if it proves none
    public Tenant authenticate(@Nullable String authorization) {
        if (keys.isEmpty()) {
            return Tenant.ANONYMOUS;
        }
        if (authorization == null) {
            throw refusal("no API key: send it as `Authorization: Bearer KEY`");
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw refusal("the Authorization header must be `Bearer KEY`");
        }
        var key = authorization.substring(SCHEME.length()).strip();
        if (key.length() > MAX_KEY_LENGTH) {
            throw refusal("this API key is not known here");
        }
        return keys.tenantOf(key)
                .map(tenants)
                .orElseThrow(() -> refusal("this API key is not known here"));
    }

    private static FailureException refusal(String message) {
        return new FailureException(new Failure.Unauthenticated(message));
    }
}
