package io.pointsman.gateway.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.pointsman.api.ChatEvent;

/// What the events of one answer become in the response. Confined to one thread.
interface AnswerBody {

    /// Appends to `frames` what `event` becomes, which may be nothing.
    void add(ChatEvent event, Frames frames);

    /// Sets the headers, just before the first bytes go out. Returns whether these are to go out as
    /// a body of known length.
    ///
    /// @param length how many bytes these are, where no others follow; else negative
    boolean start(HttpHeaders headers, int length);

    /// What keeps the connection alive, and no reader notices.
    byte[] ping();

    /// Appends to `frames` an error that comes too late for a status of its own.
    void fail(byte[] error, Frames frames);

    /// Whether all has been appended.
    boolean ended();
}
