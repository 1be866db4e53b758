package io.pointsman.gateway.accounting;

import java.io.ByteArrayOutputStream;

/// Records as the log and the spool hold them.
public final class RecordLines {

    private RecordLines() {}

    /// The line of `request`, where costs on the reasoner are not known.
    public static byte[] of(RequestRecord request) {
        return of(request, ReasonerPrice.UNKNOWN);
    }

    /// The line of `request` with its cost at `reasoner`'s price.
    public static byte[] of(RequestRecord request, ReasonerPrice reasoner) {
        var bytes = new ByteArrayOutputStream();
        new RecordJson(bytes).write(request, reasoner.cost(request).orElse(null));
        return bytes.toByteArray();
    }
}
