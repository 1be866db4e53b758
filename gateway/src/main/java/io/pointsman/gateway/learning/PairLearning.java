package io.pointsman.gateway.learning;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Scored;
import io.pointsman.api.Label.Origin;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.Route;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.config.LearnConfig;
import io.pointsman.policies.PoolPair;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Learns about a pair of pools. Thread-safe.
final class PairLearning implements Learning {

    private static final Logger LOG = LoggerFactory.getLogger(PairLearning.class);

    /// A client's word counts in full.
    private static final double FEEDBACK_TRUST = 1;

    /// How often what was learned ages.
    private static final Duration AGING = Duration.ofMinutes(1);

    /// How often the file is looked after.
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final PoolPair pair;
    private final LearningClassifier classifier;
    private final Labels labels;
    private final Optional<RecentRequests> recent;
    private final Optional<Evidence> evidence;
    private final Optional<Comparisons> comparisons;
    private final Disposable.Composite timers;

    private PairLearning(LearnConfig config, LearningClassifier classifier, Means means) {
        var metrics = new LearningMetrics(means.registry(), means.clock());
        this.pair = config.pair();
        this.classifier = classifier;
        this.labels = new Labels(classifier, metrics, means.clock());
        this.recent =
                config.feedback()
                        ? Optional.of(new RecentRequests(means.ticker()))
                        : Optional.empty();
        this.evidence =
                config.evidence()
                        ? Optional.of(new Evidence(labels, means.ticker()))
                        : Optional.empty();
        this.comparisons =
                config.comparison().map(it -> Comparisons.start(pair, it, means, labels, metrics));
        var memory = new MemoryHealth(means.memory(), means.registry());
        this.timers =
                Disposables.composite(
                        Flux.interval(AGING)
                                .subscribe(_ -> classifier.advance(means.clock().instant())),
                        Flux.interval(LOOK).onBackpressureDrop().subscribe(_ -> memory.look()));
    }

    static PairLearning start(LearnConfig config, LearningClassifier classifier, Means means) {
        return new PairLearning(config, classifier, means);
    }

    @Override
    public Flux<ChatEvent> watch(
            ChatRequest request, Route route, Account account, Flux<ChatEvent> answer) {
        var classification =
                account.classification().orElseGet(() -> unnoticed(request, route.pool()));
        var asked = new Asked(request.id(), request.tenant().name(), classification);
        recent.ifPresent(it -> it.add(asked));
        var watch = new Watch(request, route, account, asked, classification);
        return answer.doOnNext(watch::see);
    }

    /// What the classifier says where the client has chosen, so that nobody needed to know.
    private Classification unnoticed(ChatRequest request, String pool) {
        return Side.of(pair, pool).isPresent()
                ? classifier.classify(request)
                : new Classification.Unknown(Classification.Cause.NOT_ASKED);
    }

    @Override
    public Mono<Feedback> feedback(String tenant, String id, double score) {
        return recent.map(it -> labels.inTurn(() -> give(it, tenant, id, score)))
                .orElseGet(() -> Mono.just(new Feedback.Off()));
    }

    private Feedback give(RecentRequests requests, String tenant, String id, double score) {
        var asked = requests.find(tenant, id);
        if (asked.isEmpty()) {
            return new Feedback.NotFound(RecentRequests.NOT_FOUND);
        }
        return asked.get()
                .answer()
                .map(answer -> give(asked.get(), answer, score))
                .orElseGet(Feedback.NotAnswered::new);
    }

    private Feedback give(Asked asked, Asked.Answer answer, double score) {
        if (answer.side().isEmpty()) {
            return new Feedback.NotLearnable(
                    "this request was answered by pool "
                            + answer.pool()
                            + ", and what is learned is about the pools "
                            + pair.fast()
                            + " and "
                            + pair.reasoner());
        }
        if (asked.basis().isEmpty()) {
            return new Feedback.NotLearnable("this request has no text of a user's to judge");
        }
        var side = answer.side().get();
        labels.learn(asked, side.label(score, Origin.FEEDBACK, FEEDBACK_TRUST));
        return new Feedback.Learned(side, answer.pool());
    }

    @Override
    public void close() {
        timers.dispose();
        comparisons.ifPresent(Comparisons::close);
        labels.close();
    }

    /// Looks at one answer; confined to its subscription.
    private final class Watch {

        private final ChatRequest request;
        private final Route route;
        private final Account account;
        private final Asked asked;
        private final boolean chosenByClient;
        private final Optional<JsonContract> contract;
        private final boolean compared;
        private final @Nullable AnswerText text;

        private Watch(
                ChatRequest request,
                Route route,
                Account account,
                Asked asked,
                Classification classification) {
            this.request = request;
            this.route = route;
            this.account = account;
            this.asked = asked;
            this.chosenByClient = account.classification().isEmpty();
            this.contract =
                    evidence.isPresent() && asked.learnable()
                            ? JsonContract.of(request)
                            : Optional.empty();
            this.compared =
                    !chosenByClient
                            && asked.learnable()
                            && classification instanceof Scored scored
                            && Side.of(pair, route.pool()).isPresent()
                            && comparisons.filter(it -> it.chooses(request, scored)).isPresent();
            this.text = contract.isPresent() || compared ? new AnswerText() : null;
        }

        private void see(ChatEvent event) {
            try {
                if (text != null) {
                    text.add(event);
                }
                if (event instanceof ChatEvent.Finished) {
                    account.pool().ifPresent(this::answered);
                }
            } catch (RuntimeException bug) {
                LOG.error("an answer cannot be learned from", bug);
            }
        }

        private void answered(String pool) {
            var side = Side.of(pair, pool);
            asked.answered(new Asked.Answer(pool, side));
            side.ifPresent(it -> {
                evidence.ifPresent(seen -> repeat(seen, it));
                if (text != null) {
                    text.whole().ifPresent(whole -> answered(it, whole));
                }
            });
        }

        private void answered(Side side, String whole) {
            evidence.ifPresent(seen ->
                    contract.ifPresent(
                            it -> labels.later(() -> seen.check(asked, side, it, whole))));
            if (compared) {
                comparisons.ifPresent(
                        it -> it.offer(new Comparisons.Case(request, asked, side, whole)));
            }
        }

        /// Notes a first try, or finds that this is a second one.
        private void repeat(Evidence seen, Side side) {
            switch (side) {
                case FAST -> {
                    if (!chosenByClient) {
                        seen.fastAnswered(asked);
                    }
                }
                case REASONER -> {
                    if (chosenByClient || !route.pool().equals(pair.reasoner())) {
                        seen.firstTry(asked)
                                .ifPresent(first -> labels.later(() -> seen.triedAgain(first)));
                    }
                }
            }
        }
    }
}
