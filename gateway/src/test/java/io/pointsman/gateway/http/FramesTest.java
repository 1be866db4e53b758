package io.pointsman.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramesTest {

    private final Frames frames = new Frames(UnpooledByteBufAllocator.DEFAULT);

    @ParameterizedTest
    @CsvSource({"1,1", "9,9", "10,a", "15,f", "16,10", "255,ff", "256,100", "40000,9c40"})
    void makesAChunkOfWhatWaits(int size, String hex) {
        frames.raw("x".repeat(size).getBytes(US_ASCII));

        var chunk = Frames.chunk(frames.take());

        assertThat(chunk.toString(US_ASCII)).isEqualTo(hex + "\r\n" + "x".repeat(size) + "\r\n");
        chunk.release();
    }

    @Test
    void givesWhatWaitsAsItIsAndOnce() {
        frames.event("{}".getBytes(US_ASCII)).raw(": ping\n\n".getBytes(US_ASCII));
        assertThat(frames.size()).isEqualTo(18);

        var body = frames.take();

        assertThat(body.toString(US_ASCII)).isEqualTo("data: {}\n\n: ping\n\n");
        assertThat(frames.size()).isZero();
        assertThat(frames.take().isReadable()).isFalse();
        body.release();
    }

    @Test
    void throwsAwayWhatWaits() {
        frames.raw("x".getBytes(US_ASCII));

        frames.discard();

        assertThat(frames.size()).isZero();
    }
}
