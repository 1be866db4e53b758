package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpReaderTest {

    private static final String CHUNKED =
            String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Transfer-Encoding: chunked",
                    "",
                    "5",
                    "hello",
                    "0b;x=5",
                    ", you there",
                    "0",
                    "t: 1",
                    "",
                    "");
    private static final String SIZED =
            String.join(
                    "\r\n",
                    "HTTP/1.1 503 No",
                    "A: b",
                    "Content-Length:  3",
                    "Connection: close",
                    "",
                    "abc");

    @Test
    void readsTheSameHoweverBytesAreCut() {
        var both = (CHUNKED + SIZED + CHUNKED).getBytes(US_ASCII);

        for (int cut = 0; cut <= both.length; cut++) {
            var heard = new Heard();
            var reader = new HttpReader(heard, true);
            reader.read(both, 0, cut);
            reader.read(both, cut, both.length);

            assertThat(heard.messages)
                    .as("cut at %d", cut)
                    .containsExactly("200 hello, you there", "503 abc", "200 hello, you there");
        }
    }

    @Test
    void readsByteByByte() {
        var bytes = (SIZED + CHUNKED).getBytes(US_ASCII);
        var heard = new Heard();
        var reader = new HttpReader(heard, true);

        for (int at = 0; at < bytes.length; at++) {
            reader.read(bytes, at, at + 1);
        }

        assertThat(heard.messages).containsExactly("503 abc", "200 hello, you there");
    }

    @Test
    void takesAResponseWithoutLengthToLastUntilTheConnectionCloses() {
        var heard = new Heard();
        var reader = new HttpReader(heard, true);

        read(reader, "HTTP/1.1 200 OK\r\n\r\nall of it");
        assertThat(heard.messages).isEmpty();

        assertThat(reader.closed()).isTrue();
        assertThat(heard.messages).containsExactly("200 all of it");
    }

    @Test
    void saysWhenAConnectionClosesInMidMessage() {
        var reader = new HttpReader(new Heard(), true);

        read(reader, CHUNKED.substring(0, CHUNKED.length() - 2));

        assertThat(reader.closed()).isFalse();
    }

    @Test
    void takesARequestWithoutLengthToHaveNoBody() {
        var heard = new Heard();

        read(new HttpReader(heard, false), "GET /rig/st HTTP/1.1\r\nhost: a\r\n\r\n");

        assertThat(heard.messages).hasSize(1);
    }

    @Test
    void findsHeadersWhateverTheirCase() {
        var head = SIZED.getBytes(US_ASCII);

        assertThat(HttpReader.has(head, head.length, "connection: close")).isTrue();
        assertThat(HttpReader.has(head, head.length, "transfer-encoding: chunked")).isFalse();
        assertThat(HttpReader.contentLength(head, head.length)).isEqualTo(3);
    }

    private static void read(HttpReader reader, String text) {
        var bytes = text.getBytes(US_ASCII);
        reader.read(bytes, 0, bytes.length);
    }

    private static final class Heard implements HttpReader.Listener {

        private final List<String> messages = new ArrayList<>();
        private final StringBuilder current = new StringBuilder();

        @Override
        public void head(byte[] bytes, int length) {
            current.append(new String(bytes, 9, 3, US_ASCII)).append(' ');
        }

        @Override
        public void body(byte[] bytes, int from, int to) {
            current.append(new String(bytes, from, to - from, US_ASCII));
        }

        @Override
        public void end() {
            messages.add(current.toString());
            current.setLength(0);
        }
    }
}
