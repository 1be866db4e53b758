package io.pointsman.gateway.ledger;

import io.pointsman.gateway.accounting.ReasonerPrice;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// A process of its own that records requests for as long as it lives, and says the number of each
/// once that one would survive. The tests kill it.
final class WritingProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private WritingProcess() {}

    /// Records until it is killed.
    ///
    /// @param args the folder, and the number of the first record
    public static void main(String[] args) throws InterruptedException {
        var ledger =
                RecordLedger.open(
                        Records.in(Path.of(args[0])),
                        ReasonerPrice.UNKNOWN,
                        InstantSource.system());
        for (int number = Integer.parseInt(args[1]); ; number++) {
            ledger.record(
                    Records.record(
                            "r" + number, InstantSource.system().instant(), "team-a", "small"));
            if (number % 7 == 0 && ledger.flush(PATIENCE)) {
                System.out.println(number);
            }
        }
    }
}
