package io.pointsman.gateway.ledger;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

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

    /// What went wrong, in words.
    static String words(IOException e) {
        return switch (e) {
            case NoSuchFileException gone -> gone.getFile() + " is not there";
            case AccessDeniedException denied -> denied.getFile() + " may not be used";
            case FileAlreadyExistsException file -> file.getFile() + " is a file, not a folder";
            case NotDirectoryException file -> file.getFile() + " is a file, not a folder";
            default -> Objects.requireNonNullElse(e.getMessage(), e.toString());
        };
    }
}
