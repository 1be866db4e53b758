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
import java.util.function.BiConsumer;
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

    private final TreeMap<Instant, Map<Labels, Totals>> hours = new TreeMap<>();
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
        add(sumsOf, labels, Totals.request(entry));
        for (var call : calls) {
            var backend = BackendDescriptor.configured(call.backend());
            add(
                    sumsOf,
                    backend.equals(last) ? labels : new Labels(tenant, model, route, backend),
                    Totals.attempt(call));
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
        add(hour(hour), kept, totals);
        coarsen(before);
    }

    private Map<Labels, Totals> hour(Instant hour) {
        return hours.computeIfAbsent(hour, _ -> new HashMap<>());
    }

    private void add(Map<Labels, Totals> sumsOf, Labels labels, Totals totals) {
        sums -= sumsOf.size();
        sumsOf.merge(labels, totals, Totals::plus);
        sums += sumsOf.size();
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
            var merged = new HashMap<Labels, Totals>();
            var next = day.plus(1, ChronoUnit.DAYS);
            var divided = hours.subMap(day, next);
            for (var removed : divided.values()) {
                sums -= removed.size();
                removed.forEach((labels, totals) -> merged.merge(labels, totals, Totals::plus));
            }
            divided.clear();
            hours.put(day, merged);
            sums += merged.size();
        }
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
                sumsOf.forEach((labels, totals) -> visitor.visit(hour, labels, totals)));
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
        var rows = new TreeMap<List<String>, Totals>(UsageReport.ORDER);
        var total = new Totals[] {Totals.NONE};
        BiConsumer<List<String>, Totals> add =
                (key, totals) -> {
                    rows.merge(key, totals, Totals::plus);
                    total[0] = total[0].plus(totals);
                };
        hours.subMap(query.firstHour(), query.to())
                .forEach((hour, sumsOf) ->
                        sumsOf.forEach(
                                (labels, totals) -> add.accept(key(query, hour, labels), totals)));
        var list = new ArrayList<UsageReport.Row>();
        rows.forEach((key, totals) -> list.add(new UsageReport.Row(key, totals)));
        return new UsageReport(query, list, total[0]);
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
