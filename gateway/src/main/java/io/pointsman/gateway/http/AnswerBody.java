package io.pointsman.gateway.http;

import io.pointsman.api.ChatEvent;
import org.springframework.http.HttpHeaders;

/// What the events of one answer become in the response. Confined to one thread.
interface AnswerBody {

    /// Appends to `frames` what `event` becomes, which may be nothing.
    void add(ChatEvent event, Frames frames);

    /// Sets the headers, just before the first bytes go out.
    ///
    /// @param length how many bytes these are, where they are the whole body; else negative
    void start(HttpHeaders headers, int length);

    /// What keeps the connection alive, and no reader notices.
    byte[] ping();

    /// Appends to `frames` an error that comes too late for a status of its own.
    void fail(byte[] error, Frames frames);

    /// Whether all has been appended.
    boolean ended();
}
