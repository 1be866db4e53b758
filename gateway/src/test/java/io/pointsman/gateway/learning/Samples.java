package io.pointsman.gateway.learning;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Classification.Chances;
import io.pointsman.api.Classification.Interval;
import io.pointsman.api.Classification.Novelty;
import io.pointsman.api.FinishReason;
import io.pointsman.api.PromptTrace;
import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import io.pointsman.api.Usage;
import io.pointsman.api.wire.ChatRequestReader;
import io.pointsman.api.wire.ChunkWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Requests, scores and answers for tests.
final class Samples {

    static final ChunkWriter CHUNKS = new ChunkWriter("c", 1, "m");

    private Samples() {}

    /// A request with the one message `text`, and `more` fields, each led by a comma.
    static ChatRequest request(String id, String text, String more) {
        return request(id, text, more, "auto");
    }

    static ChatRequest request(String id, String text, String more, String model) {
        var body =
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
                        .formatted(model, text, more);
        return ChatRequestReader.read(
                body.getBytes(StandardCharsets.UTF_8), new RequestId(id), new Tenant("a", true));
    }

    static Classification.Scored scored(double difficulty, double low, double high) {
        return scored(difficulty, new Interval(low, high), new Chances(1 - difficulty, 0.9), 17);
    }

    static Classification.Scored scored(
            double difficulty, Interval interval, Chances chances, long prompt) {
        return new Classification.Scored(
                difficulty,
                Classification.Certainty.of(interval, Novelty.NONE),
                chances,
                OptionalInt.empty(),
                List.of(),
                Optional.of(new Trace(prompt)));
    }

    static ChatEvent.Finished finished(FinishReason reason) {
        return new ChatEvent.Finished(reason, new Usage(10, 0, 5, 0, false));
    }

    record Trace(long hash) implements PromptTrace {}
}
