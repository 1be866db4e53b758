package io.pointsman.gateway.ledger;

import io.pointsman.api.BackendDescriptor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Sums by hour, tenant, model, route and backend. Thread-safe.
///
/// A request counts where its last backend is, each attempt's tokens and cost where its own is. The
/// labels are bounded: replicas are summed up by their backend, a model that no route knows is
/// `other`, and so is each beyond a thousand models. Where there are too many sums, the oldest
/// day's hours become one.
final class Rollups {

    /// Stands for models that are not known, or too many.
    static final String OTHER = "other";

    /// Stands for what a request does not have.
    static final String NONE = "none";

    private static final int MAX_MODELS = 1_000;
    private static final int MAX_SUMS = 300_000;

    private final TreeMap<Instant, Map<Labels, Sums>> hours = new TreeMap<>();
    private final Set<String> models = new HashSet<>();
    private final int maxSums;
    private int sums;

    Rollups() {
        this(MAX_SUMS);
    }

    Rollups(int maxSums) {
        this.maxSums = maxSums;
    }

    /// What sums are kept apart by, beside the hour.
    record Labels(String tenant, String model, String route, String backend) {}

    /// Adds `entry`.
    synchronized void add(Entry entry) {
        var before = sums;
        var sumsOf = hour(entry.at().truncatedTo(ChronoUnit.HOURS));
        var tenant = entry.tenant().orElse(NONE);
        var route = entry.route().orElse(NONE);
        var model = bounded(model(entry));
        var calls = entry.attempts();
        var last = calls.isEmpty() ? NONE : BackendDescriptor.configured(calls.getLast().backend());
        var labels = new Labels(tenant, model, route, last);
        sums(sumsOf, labels).add(entry);
        for (var call : calls) {
            var backend = BackendDescriptor.configured(call.backend());
            var its = backend.equals(last) ? labels : new Labels(tenant, model, route, backend);
            sums(sumsOf, its).add(call);
        }
        coarsen(before);
    }

    private String model(Entry entry) {
        if (entry.model().isEmpty()) {
            return NONE;
        }
        // Whatever has a route was asked for by a name that the configuration knows.
        return entry.route().isEmpty() ? OTHER : entry.model().get();
    }

    /// Adds sums that were made before.
    synchronized void add(Instant hour, Labels labels, Totals totals) {
        var kept =
                new Labels(
                        labels.tenant(), bounded(labels.model()), labels.route(), labels.backend());
        var before = sums;
        sums(hour(hour), kept).add(totals);
        coarsen(before);
    }

    private Map<Labels, Sums> hour(Instant hour) {
        return hours.computeIfAbsent(hour, _ -> new HashMap<>());
    }

    private Sums sums(Map<Labels, Sums> sumsOf, Labels labels) {
        var known = sumsOf.get(labels);
        if (known == null) {
            known = new Sums();
            sumsOf.put(labels, known);
            sums++;
        }
        return known;
    }

    private String bounded(String model) {
        return models.contains(model) || (models.size() < MAX_MODELS && models.add(model))
                ? model
                : OTHER;
    }

    /// Makes the hours of the oldest day that has several into one, while there are too many sums
    /// and more than `before`.
    private void coarsen(int before) {
        if (sums == before) {
            return;
        }
        while (sums > maxSums) {
            var day = oldestDivided();
            if (day == null) {
                return;
            }
            var merged = new HashMap<Labels, Sums>();
            var next = day.plus(1, ChronoUnit.DAYS);
            var divided = hours.subMap(day, next);
            for (var removed : divided.values()) {
                sums -= removed.size();
                removed.forEach((labels, its) -> add(merged, labels, its.totals()));
            }
            divided.clear();
            hours.put(day, merged);
            sums += merged.size();
        }
    }

    private static <K> void add(Map<K, Sums> to, K key, Totals totals) {
        to.computeIfAbsent(key, _ -> new Sums()).add(totals);
    }

    private @Nullable Instant oldestDivided() {
        Instant day = null;
        for (var hour : hours.keySet()) {
            var its = hour.truncatedTo(ChronoUnit.DAYS);
            if (its.equals(day)) {
                return day;
            }
            day = its;
        }
        return null;
    }

    /// Lets go of all before `moment`.
    synchronized void forgetBefore(Instant moment) {
        var old = hours.headMap(moment.truncatedTo(ChronoUnit.HOURS));
        old.values().forEach(labels -> sums -= labels.size());
        old.clear();
    }

    /// Hands over all sums.
    synchronized void forEach(Visitor visitor) {
        hours.forEach((hour, sumsOf) ->
                sumsOf.forEach((labels, its) -> visitor.visit(hour, labels, its.totals())));
    }

    /// Takes sums.
    @FunctionalInterface
    interface Visitor {
        void visit(Instant hour, Labels labels, Totals totals);
    }

    /// How many sums there are.
    synchronized int size() {
        return sums;
    }

    /// Answers `query`, its rows by their labels.
    synchronized UsageReport report(UsageQuery query) {
        var rows = new TreeMap<List<String>, Sums>(UsageReport.ORDER);
        var total = new Sums();
        hours.subMap(query.firstHour(), query.to())
                .forEach((hour, sumsOf) ->
                        sumsOf.forEach((labels, its) -> {
                            var totals = its.totals();
                            add(rows, key(query, hour, labels), totals);
                            total.add(totals);
                        }));
        var list = new ArrayList<UsageReport.Row>();
        rows.forEach((key, its) -> list.add(new UsageReport.Row(key, its.totals())));
        return new UsageReport(query, list, total.totals());
    }

    private static List<String> key(UsageQuery query, Instant hour, Labels labels) {
        return query.by().stream()
                .map(by ->
                        switch (by) {
                            case TENANT -> labels.tenant();
                            case MODEL -> labels.model();
                            case ROUTE -> labels.route();
                            case BACKEND -> labels.backend();
                            case HOUR -> hour.toString();
                        })
                .toList();
    }
}
