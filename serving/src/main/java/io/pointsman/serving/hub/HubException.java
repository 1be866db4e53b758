package io.pointsman.serving.hub;

import java.io.IOException;

/// A model could not be downloaded; the message says why and what to do.
public final class HubException extends IOException {

    private static final long serialVersionUID = 1;

    HubException(String message) {
        super(message);
    }

    HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
