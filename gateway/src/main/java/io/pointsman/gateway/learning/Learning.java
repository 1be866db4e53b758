package io.pointsman.gateway.learning;

import io.micrometer.core.instrument.MeterRegistry;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.LearningClassifier;
import io.pointsman.api.Route;
import io.pointsman.classifier.memory.OutcomeLog;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Ledger;
import io.pointsman.gateway.accounting.Ticker;
import io.pointsman.gateway.config.LearnConfig;
import io.pointsman.gateway.dispatch.Dispatcher;
import io.pointsman.gateway.routing.Routing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What the gateway makes of requests and answers so that the classifier learns. Safe for use by
/// many threads; never holds an answer up.
public interface Learning extends AutoCloseable {

    /// Looks at the answer to `request` while it passes; it passes unchanged.
    Flux<ChatEvent> watch(
            ChatRequest request, Route route, Account account, Flux<ChatEvent> answer);

    /// Learns that `tenant` gives the answer of its request `id` a `score` in [0, 1].
    Mono<Feedback> feedback(String tenant, String id, double score);

    @Override
    void close();

    /// What learning works with.
    ///
    /// @param routing which way requests go
    /// @param dispatcher calls models
    /// @param ledger takes the records of calls in the background
    /// @param registry takes the metrics
    /// @param ticker times calls and how long requests are kept
    /// @param clock dates labels and days
    /// @param memory how the file of what was learned is doing; empty where there is none
    record Means(
            Supplier<Routing> routing,
            Dispatcher dispatcher,
            Ledger ledger,
            MeterRegistry registry,
            Ticker ticker,
            InstantSource clock,
            Supplier<Optional<OutcomeLog.Status>> memory) {}

    /// Learns as `config` says; learns nothing where it is empty or the classifier cannot.
    static Learning start(Optional<LearnConfig> config, Means means) {
        return config.isPresent()
                        && means.routing().get().classifier() instanceof LearningClassifier learner
                ? PairLearning.start(config.get(), learner, means)
                : Off.OFF;
    }

    /// Learns nothing.
    enum Off implements Learning {
        OFF;

        @Override
        public Flux<ChatEvent> watch(
                ChatRequest request, Route route, Account account, Flux<ChatEvent> answer) {
            return answer;
        }

        @Override
        public Mono<Feedback> feedback(String tenant, String id, double score) {
            return Mono.just(new Feedback.Off());
        }

        @Override
        public void close() {}
    }
}
