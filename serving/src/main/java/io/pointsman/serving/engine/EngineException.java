package io.pointsman.serving.engine;

/// Carries an [EngineRejection] to a subscriber. It has no stack trace: a rejection is a value, not
/// a bug.
public final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient EngineRejection rejection;

    EngineException(EngineRejection rejection) {
        super(rejection.message(), null, false, false);
        this.rejection = rejection;
    }

    public EngineRejection rejection() {
        return rejection;
    }
}
