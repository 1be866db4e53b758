package io.pointsman.gateway.learning;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification.Scored;
import io.pointsman.api.Label;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.gateway.config.LearnConfig;
import io.pointsman.policies.PoolPair;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has requests that were answered answered by the other model too, one at a time on a thread of
/// its own, and compares. Thread-safe; what waits is bounded, and nothing of an answer is kept.
final class Comparisons implements AutoCloseable {

    /// The name that a route has for its rule where the gateway itself asks.
    static final String RULE = "comparison";

    /// How much two equal answers count: two models that err alike are rare.
    static final double AGREED_TRUST = 0.6;

    /// How much it counts that the reasoner is taken to be right where two answers differ.
    static final double DIFFERED_TRUST = 0.5;

    private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int WAITING = 32;
    private static final int MAX_BODY = 256 << 10;

    private final PoolPair pair;
    private final UncertainShare share;
    private final Optional<String> judge;
    private final ComparisonBudget budget;
    private final Learning.Means means;
    private final Labels labels;
    private final LearningMetrics metrics;
    private final CostEstimate estimate = new CostEstimate();
    private final BlockingQueue<Case> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread worker = Thread.ofVirtual().name("comparisons").unstarted(this::work);
    private volatile boolean closed;

    private Comparisons(
            PoolPair pair,
            LearnConfig.Comparison settings,
            Learning.Means means,
            Labels labels,
            LearningMetrics metrics) {
        this.pair = pair;
        this.share = new UncertainShare(settings.share());
        this.judge = settings.judge();
        this.budget = new ComparisonBudget(settings.maxCostPerDay());
        this.means = means;
        this.labels = labels;
        this.metrics = metrics;
    }

    /// Starts to wait for what is [offered][#offer].
    static Comparisons start(
            PoolPair pair,
            LearnConfig.Comparison settings,
            Learning.Means means,
            Labels labels,
            LearningMetrics metrics) {
        var comparisons = new Comparisons(pair, settings, means, labels, metrics);
        comparisons.worker.start();
        return comparisons;
    }

    /// A request and its answer.
    ///
    /// @param side who answered
    /// @param answer the text
    record Case(ChatRequest request, Asked asked, Side side, String answer) {}

    /// Whether `request`, whose answer is not there yet, is to be compared.
    boolean chooses(ChatRequest request, Scored scored) {
        return request.tools() == 0
                && request.choices() == 1
                && request.body().bytes().length <= MAX_BODY
                && share.chooses(request.id(), scored);
    }

    /// Has `task` compared later; drops it where too many wait.
    void offer(Case task) {
        if (!waiting.offer(task)) {
            metrics.compared(ComparisonOutcome.DROPPED);
        }
    }

    private void work() {
        while (!closed) {
            try {
                metrics.compared(compare(waiting.take()));
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException bug) {
                if (!closed) {
                    metrics.compared(ComparisonOutcome.FAILED);
                    LOG.error("a comparison failed", bug);
                }
            }
        }
    }

    private ComparisonOutcome compare(Case task) {
        var id = BackgroundCalls.id(task.request().id(), "-compared");
        var reply = ask(BackgroundCalls.under(id, task.request()), task.side().other().pool(pair));
        if (reply.isEmpty()) {
            return ComparisonOutcome.OVER_BUDGET;
        }
        if (!reply.get().completed()) {
            return ComparisonOutcome.FAILED;
        }
        return reply.get()
                .text()
                .map(other -> compare(task, other))
                .orElse(ComparisonOutcome.UNDECIDED);
    }

    private ComparisonOutcome compare(Case task, String other) {
        return switch (Agreement.of(task.answer(), other)) {
            case SAME -> {
                learn(task, Label.ofBoth(1, 1, Origin.COMPARISON, AGREED_TRUST));
                yield ComparisonOutcome.AGREED;
            }
            case DIFFERENT -> {
                learn(task, Label.ofBoth(0, 1, Origin.COMPARISON, DIFFERED_TRUST));
                yield ComparisonOutcome.DIFFERED;
            }
            case UNDECIDED ->
                    judge.map(pool -> judged(task, other, pool))
                            .orElse(ComparisonOutcome.UNDECIDED);
        };
    }

    private ComparisonOutcome judged(Case task, String other, String pool) {
        var hearing =
                switch (task.side()) {
                    case FAST -> new Judge(task.request(), task.answer(), other);
                    case REASONER -> new Judge(task.request(), other, task.answer());
                };
        var body = hearing.body();
        if (body.isEmpty()) {
            return ComparisonOutcome.UNDECIDED;
        }
        var id = BackgroundCalls.id(task.request().id(), "-judged");
        var request = ChatRequestReader.read(body.get(), id, task.request().tenant());
        var reply = ask(request, pool);
        if (reply.isEmpty()) {
            return ComparisonOutcome.OVER_BUDGET;
        }
        if (!reply.get().completed()) {
            return ComparisonOutcome.FAILED;
        }
        var label = reply.get().text().flatMap(hearing::label);
        label.ifPresent(found -> learn(task, found));
        return label.isPresent() ? ComparisonOutcome.JUDGED : ComparisonOutcome.UNDECIDED;
    }

    private void learn(Case task, Label label) {
        labels.later(() -> labels.learn(task.asked(), label));
    }

    /// Empty where there is not enough money left.
    private Optional<BackgroundCalls.Reply> ask(ChatRequest request, String pool) {
        var route = means.routing().get().to(pool, request, RULE);
        var expected = estimate.of(request, pool, route.ranked());
        if (!budget.affords(expected, means.clock().instant())) {
            return Optional.empty();
        }
        var reply = new BackgroundCalls(means).ask(request, route);
        budget.charge(reply.cost(), means.clock().instant());
        metrics.charged(reply.cost());
        if (reply.completed()) {
            estimate.saw(pool, reply.usage().completionTokens());
        }
        return Optional.of(reply);
    }

    /// Gives up what waits and the call under way.
    @Override
    public void close() {
        closed = true;
        worker.interrupt();
        try {
            worker.join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
