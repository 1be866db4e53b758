package io.pointsman.api;

/// Whose request it is, and what they may do.
///
/// @param name as the keys file names it, never empty; `anonymous` where no keys are configured
/// @param mayChooseRoute whether the tenant may bypass the classifier by naming a route
public record Tenant(String name, boolean mayChooseRoute) {

    /// Everybody, where no keys are configured.
    public static final Tenant ANONYMOUS = new Tenant("anonymous", true);

    public Tenant {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a tenant has a name");
        }
    }
}
