package io.pointsman.backends.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

class ReadConsolidationTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final EmbeddedChannel connection = new EmbeddedChannel();

    ReadConsolidationTest() {
        connection.pipeline().addLast(NettyPipeline.HttpCodec, new HttpClientCodec());
        InterimResponses.dropIn(connection);
        ReadConsolidation.addTo(connection);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(connection.finishAndReleaseAll()).isFalse();
    }

    @Test
    void oneReadIsOnePiece() {
        assertThat(read(HEAD + chunk("one ") + chunk("two ") + chunk("three")))
                .containsExactly("head", "one two three");
        assertThat(read(chunk("four"))).containsExactly("four");
    }

    @Test
    void theEndOfABodyComesAfterIt() {
        assertThat(read(HEAD + chunk("one ") + chunk("two") + "0\r\n\r\n"))
                .containsExactly("head", "one two", "end");
    }

    @Test
    void moreThanFitsAtFirstIsOnePieceToo() {
        var long1 = "x".repeat(3000);
        var long2 = "y".repeat(5000);

        assertThat(read(HEAD + chunk(long1) + chunk(long2) + chunk(long1)))
                .containsExactly("head", long1 + long2 + long1);
    }

    @Test
    void aChunkInTwoReadsIsTwoPieces() {
        assertThat(read(HEAD + "a\r\nhello")).containsExactly("head", "hello");
        assertThat(read("world\r\n" + chunk("!"))).containsExactly("world!");
    }

    @Test
    void whatCameBeforeABrokenChunkIsPassedOnBeforeIt() {
        assertThat(read(HEAD + chunk("one ") + chunk("two") + "no size\r\n"))
                .containsExactly("head", "one two", "broken end");
    }

    private static String chunk(String text) {
        return "%x\r\n%s\r\n".formatted(text.length(), text);
    }

    /// What one read of `bytes` passes on.
    private List<String> read(String bytes) {
        connection.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
        var passed = new ArrayList<String>();
        for (Object message; (message = connection.readInbound()) != null; ) {
            passed.add(words(message));
            ReferenceCountUtil.release(message);
        }
        return passed;
    }

    private static String words(Object message) {
        return switch (message) {
            case HttpResponse _ -> "head";
            case LastHttpContent last -> last.decoderResult().isSuccess() ? "end" : "broken end";
            case HttpContent content -> content.content().toString(US_ASCII);
            default -> message.toString();
        };
    }
}
