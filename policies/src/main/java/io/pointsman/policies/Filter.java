package io.pointsman.policies;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;

/// Says which candidates can serve a request at all. Pure.
@FunctionalInterface
interface Filter {

    /// The circuit breaker lets calls through.
    Filter AVAILABLE = (candidate, _) -> candidate.load().available();

    /// The prompt's estimate fits the context. What the completion needs beyond it is the backend's
    /// to clip or refuse.
    Filter FITS_CONTEXT =
            (candidate, request) ->
                    candidate.backend().contextLength() >= request.estimatedPromptTokens();

    boolean admits(Candidate candidate, ChatRequest request);
}
