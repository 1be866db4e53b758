package io.pointsman.gateway.learning;

import static io.pointsman.gateway.learning.Samples.CHUNKS;
import static io.pointsman.gateway.learning.Samples.finished;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.ChatEvent;
import io.pointsman.api.FinishReason;
import io.pointsman.api.wire.ChunkFacts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    private final AnswerText text = new AnswerText();

    @Test
    void isTheContentWithoutThinking() {
        text.add(CHUNKS.role(0));
        text.add(CHUNKS.reasoning("hm"));
        text.add(CHUNKS.content("<think>so"));
        text.add(CHUNKS.content("</think>\n\nIt is "));
        text.add(CHUNKS.content("42."));
        text.add(CHUNKS.text(1, false, "another", new byte[0]));
        assertThat(text.whole()).isEmpty();

        text.add(finished(FinishReason.STOP));
        assertThat(text.whole()).contains("It is 42.");
        assertThat(text.usage().completionTokens()).isEqualTo(5);
    }

    @Test
    void isNothingWhereTheAnswerWasCut() {
        text.add(CHUNKS.content("It is"));
        text.add(finished(FinishReason.LENGTH));

        assertThat(text.whole()).isEmpty();
    }

    @Test
    void isNothingWhereItIsTooLong() {
        for (var i = 0; i < 300; i++) {
            text.add(CHUNKS.content("x".repeat(1024)));
        }
        text.add(finished(FinishReason.STOP));

        assertThat(text.whole()).isEmpty();
    }

    @Test
    void isNothingWhereAToolIsCalled() {
        text.add(CHUNKS.content("Let me look."));
        text.add(
                new ChatEvent.Chunk(
                        new byte[0],
                        new ChunkFacts(
                                false, false, true, true, Optional.empty(), Optional.empty())));
        text.add(finished(FinishReason.STOP));

        assertThat(text.whole()).isEmpty();
    }
}
