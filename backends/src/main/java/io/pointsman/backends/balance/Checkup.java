package io.pointsman.backends.balance;

import io.pointsman.backends.StatusPages;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.util.Logger;
import reactor.util.Loggers;

/// Looks at one replica's status pages, each when it is due and never twice at once. Thread-safe:
/// whoever ticks it starts a look, and the client's thread ends it.
///
/// After [#FAILURES] probes in a row that failed it is taken for unwell, after [#SUCCESSES] that
/// succeeded for well again. So a replica that is back gets no client's call before a probe got an
/// answer. A page that the server does not have, or does not show to this gateway, says nothing.
final class Checkup {

    static final int FAILURES = 2;
    static final int SUCCESSES = 2;
    static final Duration SCRAPE_EVERY = Duration.ofSeconds(1);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final int LONGEST_STATUS = 64 << 10;
    private static final int LONGEST_METRICS = 4 << 20;
    private static final double JITTER = 0.2;
    private static final Logger LOG = Loggers.getLogger("pointsman.backends");

    private final Replica replica;
    private final StatusPages pages;
    private final Checks checks;
    private final BackendCounters.Counts counts;
    private final LongSupplier ticker;
    private long seed;
    private long probeAt;
    private long scrapeAt;
    private boolean begun;
    private boolean probing;
    private boolean scraping;
    private boolean well = true;
    private boolean unclear;
    private int inARow;

    Checkup(
            Replica replica,
            StatusPages pages,
            Checks checks,
            BackendCounters.Counts counts,
            LongSupplier ticker) {
        this.replica = replica;
        this.pages = pages;
        this.checks = checks;
        this.counts = counts;
        this.ticker = ticker;
        this.seed = replica.name().hashCode();
    }

    /// Starts what is due.
    void tick() {
        long now = ticker.getAsLong();
        checks.probe()
                .ifPresent(probe -> {
                    if (dueProbe(now, probe.every())) {
                        probe(probe);
                    }
                });
        checks.scrape()
                .ifPresent(scrape -> {
                    if (dueScrape(now)) {
                        scrape(scrape);
                    }
                });
    }

    private synchronized boolean dueProbe(long now, Duration every) {
        if (probing || (begun && now - probeAt < 0)) {
            return false;
        }
        begun = true;
        probing = true;
        probeAt = now + jittered(every);
        return true;
    }

    private synchronized boolean dueScrape(long now) {
        if (scraping || (scrapeAt != 0 && now - scrapeAt < 0)) {
            return false;
        }
        scraping = true;
        scrapeAt = now + jittered(SCRAPE_EVERY);
        return true;
    }

    /// Replicas that began together shall not be asked together for ever.
    private long jittered(Duration every) {
        seed = seed * 6364136223846793005L + 1442695040888963407L;
        double uniform = (seed >>> 11) * 0x1.0p-53;
        return (long) (every.toNanos() * (1 + JITTER * (uniform - 0.5)));
    }

    private void probe(Checks.Probe probe) {
        var wait = probe.every().compareTo(LONGEST_WAIT) < 0 ? probe.every() : LONGEST_WAIT;
        pages.get(probe.path(), wait, LONGEST_STATUS)
                .subscribe(
                        page -> probed(probe, page.status()),
                        failed -> found(false, probe, failed.getClass().getSimpleName()));
    }

    private void probed(Checks.Probe probe, int status) {
        if (status >= 200 && status < 300) {
            found(true, probe, "");
        } else if (status >= 500) {
            found(false, probe, "status " + status);
        } else {
            foundNothing(probe, status);
        }
    }

    private synchronized void found(boolean good, Checks.Probe probe, String why) {
        probing = false;
        if (!good) {
            counts.probeFailures.increment();
        }
        inARow = good == well ? 0 : inARow + 1;
        if (inARow < (well ? FAILURES : SUCCESSES)) {
            return;
        }
        inARow = 0;
        well = good;
        replica.probed(good);
        if (good) {
            LOG.info("backend {} is well again", replica.name());
        } else {
            LOG.warn("backend {} gets no calls: {} fails ({})", replica.name(), probe.path(), why);
        }
    }

    private synchronized void foundNothing(Checks.Probe probe, int status) {
        probing = false;
        if (!unclear) {
            unclear = true;
            LOG.warn(
                    "backend {} answers {} with status {}, which says nothing; is probe.path right?",
                    replica.name(),
                    probe.path(),
                    status);
        }
    }

    private void scrape(Checks.Scrape scrape) {
        pages.get(scrape.path(), LONGEST_WAIT, LONGEST_METRICS)
                .subscribe(page -> scraped(scrape, page), _ -> scraped(false));
    }

    private void scraped(Checks.Scrape scrape, StatusPages.Page page) {
        var said =
                page.status() == 200
                        ? EngineGauges.read(page.body(), scrape.engine().names())
                        : java.util.Optional.<EngineLoad>empty();
        said.ifPresent(load -> replica.says(load, ticker.getAsLong()));
        scraped(said.isPresent());
    }

    private synchronized void scraped(boolean understood) {
        scraping = false;
        if (!understood) {
            counts.scrapeFailures.increment();
        }
    }
}
