package io.pointsman.gateway.accounting;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes each record as one line of JSON to the logger `pointsman.ledger`. Thread-safe.
public final class LogLedger implements Ledger {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.ledger");

    private final RecordJson json;

    /// Writes lines as `json` has them.
    public LogLedger(RecordJson json) {
        this.json = json;
    }

    @Override
    public void record(RequestRecord request) {
        if (LOG.isInfoEnabled()) {
            LOG.info(line(request));
        }
    }

    /// `request` as one line of JSON.
    String line(RequestRecord request) {
        return new String(json.write(request), StandardCharsets.UTF_8);
    }
}
