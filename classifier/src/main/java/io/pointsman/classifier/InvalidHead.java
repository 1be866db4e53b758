package io.pointsman.classifier;

/// A head that cannot be used: missing, damaged, or made for other features.
public final class InvalidHead extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidHead(String message) {
        super(message);
    }
}
