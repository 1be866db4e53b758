package io.pointsman.classifier.training;

/// A file of outcomes that cannot be used; the message names file and line.
public final class InvalidOutcomes extends RuntimeException {

    private static final long serialVersionUID = 1;

    public InvalidOutcomes(String message) {
        super(message);
    }
}
