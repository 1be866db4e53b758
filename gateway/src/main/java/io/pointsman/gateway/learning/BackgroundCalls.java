package io.pointsman.gateway.learning;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.RequestId;
import io.pointsman.api.Route;
import io.pointsman.api.Usage;
import io.pointsman.gateway.accounting.Account;
import io.pointsman.gateway.accounting.Outcome;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Calls models on nobody's behalf but the gateway's, each with an account of its own. Blocks the
/// calling thread. Immutable.
///
/// @param means what it calls with
record BackgroundCalls(Learning.Means means) {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Failure TIMED_OUT =
            new Failure.TimedOut(
                    "the call in the background took more than %d minutes"
                            .formatted(PATIENCE.toMinutes()),
                    Failure.Deadline.TOTAL);
    private static final int ID_LENGTH = 64;

    /// What a call brought.
    ///
    /// @param text the whole answer; empty where it failed or cannot be read
    /// @param usage what it used; nothing where it failed
    /// @param cost in US dollars
    /// @param completed whether it came to its end
    record Reply(Optional<String> text, Usage usage, BigDecimal cost, boolean completed) {}

    /// Has the first of `route` that can answer `request`.
    Reply ask(ChatRequest request, Route route) {
        var account =
                new Account(request.id(), means.ledger(), means.ticker(), means.clock().instant());
        account.authenticated(request.tenant().name());
        account.read(request);
        account.routed(route);
        var text = new AnswerText();
        var outcome = Outcome.CANCELLED;
        try {
            means.dispatcher()
                    .dispatch(request, route, account)
                    .doOnNext(text::add)
                    .then()
                    .timeout(PATIENCE, Mono.error(new FailureException(TIMED_OUT)))
                    .block();
            outcome = Outcome.COMPLETED;
        } catch (FailureException failed) {
            outcome = Outcome.of(failed.failure());
        } finally {
            account.settle(outcome);
        }
        return new Reply(
                text.whole(),
                text.usage(),
                account.cost().orElse(BigDecimal.ZERO),
                outcome == Outcome.COMPLETED);
    }

    /// The id of a call that follows from the request `id`: the same with `suffix`.
    static RequestId id(RequestId id, String suffix) {
        var length = Math.min(id.value().length(), ID_LENGTH - suffix.length());
        return new RequestId(id.value().substring(0, length) + suffix);
    }

    /// `request` under another `id`, and not streamed to anybody.
    static ChatRequest under(RequestId id, ChatRequest request) {
        return new ChatRequest(
                id,
                request.tenant(),
                request.model(),
                request.messages(),
                false,
                false,
                request.choices(),
                request.tools(),
                request.structured(),
                request.sampling(),
                request.body());
    }
}
