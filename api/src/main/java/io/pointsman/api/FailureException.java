package io.pointsman.api;

/// Carries one [Failure] through code that signals by exception. It has no stack trace: a failure
/// is a value, not a bug.
public final class FailureException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    /// What went wrong.
    public Failure failure() {
        return failure;
    }
}
