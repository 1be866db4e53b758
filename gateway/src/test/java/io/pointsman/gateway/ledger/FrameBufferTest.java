package io.pointsman.gateway.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameBufferTest {

    private final FrameBuffer frames = new FrameBuffer();

    @TempDir private Path folder;

    @Test
    void holdsFramesInARowThatAreReadAsTheyWereWritten() throws IOException {
        frames.add(bytes("{\"a\":1}"));
        frames.begin();
        frames.writeBytes(bytes("{\"b\":"));
        frames.writeBytes(bytes("2}"));
        assertThat(frames.json()).asString(UTF_8).isEqualTo("{\"b\":2}");
        frames.end();

        assertThat(read()).containsExactly("{\"a\":1}", "{\"b\":2}");
    }

    @Test
    void whatIsDroppedLeavesNothing() throws IOException {
        frames.add(bytes("{\"a\":1}"));
        frames.begin();
        frames.writeBytes(bytes("half"));
        frames.drop();
        frames.add(bytes("{\"b\":2}"));

        assertThat(read()).containsExactly("{\"a\":1}", "{\"b\":2}");
    }

    @Test
    void whatHasEndedIsNotDropped() throws IOException {
        frames.add(bytes("{\"a\":1}"));
        frames.drop();

        assertThat(read()).containsExactly("{\"a\":1}");
    }

    @Test
    void isUsedAgain() throws IOException {
        frames.add(bytes("{\"a\":1}"));
        frames.reset();
        frames.drop();
        frames.add(bytes("{\"b\":2}"));

        assertThat(read()).containsExactly("{\"b\":2}");
    }

    @Test
    void refusesWhatNoReaderWouldTake() throws IOException {
        frames.add(new byte[Frames.LONGEST - 1]);
        assertThatThrownBy(() -> frames.add(new byte[Frames.LONGEST]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
        frames.drop();

        assertThat(read()).singleElement().asString().hasSize(Frames.LONGEST - 1);
    }

    private List<String> read() throws IOException {
        var file = folder.resolve("frames");
        var written = frames.bytes();
        try (var channel = Disk.ChannelSink.openChannel(file)) {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Frames.firstLine()));
            channel.write(written);
        }
        var texts = new ArrayList<String>();
        var extent =
                SegmentReader.read(
                        file, 0, Long.MAX_VALUE, (json, _) -> texts.add(new String(json, UTF_8)));
        assertThat(extent.end()).isEqualTo(Files.size(file));
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
