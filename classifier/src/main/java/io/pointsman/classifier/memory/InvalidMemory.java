package io.pointsman.classifier.memory;

/// A memory file that cannot be used: damaged, made for other features or by another version, in
/// use by another process, or not to be written.
public final class InvalidMemory extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidMemory(String message) {
        super(message);
    }
}
