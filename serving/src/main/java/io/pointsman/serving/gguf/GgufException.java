package io.pointsman.serving.gguf;

/// A GGUF file that cannot be used; the message says what is wrong with it, and where.
public final class GgufException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public GgufException(String message) {
        super(message);
    }

    public GgufException(String message, Throwable cause) {
        super(message, cause);
    }
}
