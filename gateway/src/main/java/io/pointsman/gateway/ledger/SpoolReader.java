package io.pointsman.gateway.ledger;

import java.nio.file.Path;

/// Reads a ledger's folder beside the gateway that may be writing to it.
public final class SpoolReader {

    private SpoolReader() {}

    /// Answers `query` from what is in `folder`.
    ///
    /// @throws InvalidLedger where there is no ledger, or none that can be read
    public static UsageReport usage(Path folder, UsageQuery query) {
        return SpoolFolder.read(folder).report(query);
    }
}
