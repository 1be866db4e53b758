package io.pointsman.backends;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import reactor.core.publisher.Flux;

/// A target that answers chat completions.
///
/// Implementations are safe for use by many threads. Nothing happens until the flux is subscribed
/// to; it emits chunks and then [ChatEvent.Finished] exactly once, or fails once with a
/// [io.pointsman.api.FailureException], never after [ChatEvent.Finished]. It honours demand, and
/// cancelling it releases the upstream connection or the engine's sequence at once.
public interface Backend {

    /// What is known of it before it is called.
    BackendDescriptor descriptor();

    /// What it changes in the parameters of `request`, in words, as in `dropped temperature;
    /// renamed max_tokens`; empty where it takes them as they are.
    default String adaptations(ChatRequest request) {
        return "";
    }

    /// Answers `request`; what `deadlines` give wins over the backend's own. Always streams,
    /// whether or not the client does.
    Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines);

    /// The same, and runs `sent` once its server or engine has been handed the request, from which
    /// on it may cost something. Where a backend does not know, that is when it is called.
    default Flux<ChatEvent> chat(ChatRequest request, Deadlines deadlines, Runnable sent) {
        return chat(request, deadlines).doOnSubscribe(_ -> sent.run());
    }

    /// Answers `request` under the backend's own deadlines.
    default Flux<ChatEvent> chat(ChatRequest request) {
        return chat(request, Deadlines.DEFAULT);
    }
}
