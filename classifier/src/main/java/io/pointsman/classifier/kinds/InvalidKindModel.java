package io.pointsman.classifier.kinds;

/// A model of kinds that cannot be used: missing, damaged, or made for other features.
public final class InvalidKindModel extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidKindModel(String message) {
        super(message);
    }
}
