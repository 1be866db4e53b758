package io.pointsman.backends.balance;

import io.pointsman.backends.resilience.LoadTracker;
import java.time.Duration;
import java.util.List;

/// Takes replicas out of a pool that fail while the others do not. Confined to the thread that
/// looks after the replicas.
///
/// As Envoy's **outlier detection** does, a member goes that fails [#CONSECUTIVE] times in a row,
/// or that over a window of ten seconds fails more often than the rest of its pool by [#WORSE_BY]
/// of its calls. It stays away for thirty seconds, and each time again for thirty seconds longer,
/// up to five minutes. At most half of a pool is away at once, whatever happens: where most fail,
/// the fault is rather theirs who ask, and the few that are left could not bear the traffic. So the
/// only member of a pool never goes; its circuit breaker is what protects it. Where none of those
/// left is available, all are taken back.
final class OutlierEjection {

    static final int CONSECUTIVE = 5;
    static final double WORSE_BY = 0.3;
    static final Duration BASE = Duration.ofSeconds(30);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final long WINDOW = Duration.ofSeconds(10).toNanos();
    private static final int ENOUGH_CALLS = 20;

    private final BackendCounters counters;
    private boolean started;
    private long windowStart;

    OutlierEjection(BackendCounters counters) {
        this.counters = counters;
    }

    /// Looks at the members of one pool at `now`.
    void sweep(List<Member> members, long now) {
        takeBack(members, now);
        boolean windowOver = started && now - windowStart >= WINDOW;
        for (var member : members) {
            var latest = member.replica().backend().tracker().tally();
            if (!member.ejected()
                    && (failsInARow(member, latest) || (windowOver && isWorse(member, members)))
                    && mayLose(member, members)) {
                eject(member, latest, now);
            }
        }
        if (windowOver || !started) {
            started = true;
            windowStart = now;
            for (var member : members) {
                member.history.windowStart = member.replica().backend().tracker().tally();
            }
        }
    }

    private static void takeBack(List<Member> members, long now) {
        boolean anyLeft = false;
        for (var member : members) {
            anyLeft |= !member.ejected() && member.replica().available();
        }
        for (var member : members) {
            if (member.ejected() && (!anyLeft || now - member.history.until >= 0)) {
                member.takeBack();
                member.history.forgiven = member.replica().backend().tracker().tally().troubled();
                member.history.takenBackAt = now;
                member.replica().warmUp(now);
            }
        }
    }

    private static boolean failsInARow(Member member, LoadTracker.Tally latest) {
        return latest.consecutiveTroubles() >= CONSECUTIVE
                && latest.troubled() - member.history.forgiven >= CONSECUTIVE;
    }

    private static boolean isWorse(Member member, List<Member> members) {
        long answered = 0;
        long troubled = 0;
        for (var other : members) {
            if (other != member && !other.ejected()) {
                answered += answered(other);
                troubled += troubled(other);
            }
        }
        long own = answered(member) + troubled(member);
        return own >= ENOUGH_CALLS
                && answered + troubled >= ENOUGH_CALLS
                && (double) troubled(member) / own
                        > (double) troubled / (answered + troubled) + WORSE_BY;
    }

    private static long answered(Member member) {
        return member.replica().backend().tracker().tally().answered()
                - member.history.windowStart.answered();
    }

    private static long troubled(Member member) {
        return member.replica().backend().tracker().tally().troubled()
                - member.history.windowStart.troubled();
    }

    private static boolean mayLose(Member lost, List<Member> members) {
        int ejected = 0;
        boolean anotherAvailable = false;
        for (var member : members) {
            ejected += member.ejected() ? 1 : 0;
            anotherAvailable |= member != lost && !member.ejected() && member.replica().available();
        }
        return anotherAvailable && 2 * (ejected + 1) <= members.size();
    }

    private void eject(Member member, LoadTracker.Tally latest, long now) {
        var history = member.history;
        boolean longAgo = now - history.takenBackAt > LONGEST.toNanos();
        history.times = longAgo ? 1 : history.times + 1;
        history.until =
                now
                        + Math.min(
                                LONGEST.toNanos(),
                                Math.multiplyExact(BASE.toNanos(), history.times));
        history.forgiven = latest.troubled();
        member.eject(history.until);
        counters.of(member.replica().configured()).ejections.increment();
    }

    /// What is remembered of one member.
    static final class History {
        private LoadTracker.Tally windowStart = new LoadTracker.Tally(0, 0, 0);
        private long forgiven;
        private long until;
        private long takenBackAt;
        private int times;
    }
}
