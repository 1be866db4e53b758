package io.pointsman.gateway.ledger.postgres;

/// The store did not do what it was asked; it may later.
final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
