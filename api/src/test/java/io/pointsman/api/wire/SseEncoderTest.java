package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class SseEncoderTest {

    @Test
    void framesEvents() {
        assertThat(text(SseEncoder.event("{\"a\":1}".getBytes(UTF_8))))
                .isEqualTo("data: {\"a\":1}\n\n");
        assertThat(text(SseEncoder.done())).isEqualTo("data: [DONE]\n\n");
        assertThat(text(SseEncoder.comment("a\r\nb"))).isEqualTo(": a  b\n\n");
    }

    @Test
    void keepsAnEventOnOneLine() {
        var frame = SseEncoder.event("{\n\"a\":1\r\n}".getBytes(UTF_8));
        var events = new ArrayList<byte[]>();

        new SseDecoder(100).feed(frame, 0, frame.length, events::add);

        assertThat(events).singleElement().isEqualTo("{ \"a\":1  }".getBytes(UTF_8));
    }

    @Test
    void knowsTheEndOfAStream() {
        assertThat(SseEncoder.isDone("[DONE]".getBytes(UTF_8))).isTrue();
        assertThat(SseEncoder.isDone(" [DONE] ".getBytes(UTF_8))).isTrue();
        assertThat(SseEncoder.isDone("{\"a\":\"[DONE]\"}".getBytes(UTF_8))).isFalse();
    }

    private static String text(byte[] frame) {
        return new String(frame, UTF_8);
    }
}
