package io.pointsman.gateway.ledger;

/// The ledger's folder cannot be used; the message says why and what to do.
public final class InvalidLedger extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// Says `message`.
    public InvalidLedger(String message) {
        super(message);
    }

    /// Says `message`, because of `cause`.
    public InvalidLedger(String message, Throwable cause) {
        super(message, cause);
    }
}
