package io.pointsman.backends.openai;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.backends.ChatRequests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.NettyPipeline;

/// Servers that say something before they answer.
@Timeout(30)
class InterimResponsesTest {

    private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    private static final String WORKING = "HTTP/1.1 102 Processing\r\n\r\n";
    private static final String GO_ON = "HTTP/1.1 100 Continue\r\n\r\n";

    private volatile String before = "";
    private final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket listener = listen();
    private final Thread server = Thread.ofVirtual().start(this::serve);
    private final OpenAiBackend backend =
            OpenAiBackend.create(
                    OpenAiSettings.of(
                            new BackendDescriptor("far", "real-model", 4096, Optional.empty()),
                            URI.create("http://127.0.0.1:" + listener.getLocalPort())));

    @AfterEach
    void close() throws Exception {
        backend.close();
        listener.close();
        server.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", GO_ON, HINTS, WORKING + WORKING, GO_ON + HINTS})
    void areNoAnswer(String interim) {
        before = interim;

        assertThat(ask()).hasSize(4);
    }

    @Test
    void leaveTheConnectionToTheNextCall() {
        before = GO_ON + HINTS + WORKING;

        for (int call = 0; call < 20; call++) {
            assertThat(ask()).hasSize(4);
        }
        // The next call may come before the pool has its connection back.
        assertThat(connections).hasValueLessThan(20);
    }

    /// A connection that is read on demand, of which nobody has demanded more.
    @Test
    void haveTheConnectionReadOn() {
        var reads = new AtomicInteger();
        var channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        channel.pipeline()
                .addLast(
                        new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void read(ChannelHandlerContext context) {
                                reads.incrementAndGet();
                                context.read();
                            }
                        })
                .addLast(NettyPipeline.HttpCodec, new HttpClientCodec());
        InterimResponses.dropIn(channel);

        int before = reads.get();
        channel.writeInbound(Unpooled.copiedBuffer(WORKING, US_ASCII));

        assertThat(channel.inboundMessages()).isEmpty();
        assertThat(reads).hasValue(before + 1);
        assertThat(channel.finishAndReleaseAll()).isFalse();
    }

    private List<ChatEvent> ask() {
        return backend.chat(ChatRequests.saying("hello"))
                .collectList()
                .blockOptional(Duration.ofSeconds(10))
                .orElseThrow();
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                connections.incrementAndGet();
                Thread.startVirtualThread(() -> answer(socket));
            } catch (IOException _) {
                // The test is done with the listener.
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            while (readRequest(in)) {
                var body = body();
                var head =
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: "
                                + body.length();
                for (var response : before.split("(?<=\r\n\r\n)", -1)) {
                    send(socket, response);
                }
                send(socket, head + "\r\n\r\n" + body);
            }
        } catch (IOException _) {
            // The client is done with it.
        }
    }

    /// In a packet of its own, as far as a sender can say.
    private static void send(Socket socket, String text) throws IOException {
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }

    private static boolean readRequest(BufferedReader in) throws IOException {
        int length = 0;
        for (var line = in.readLine(); line == null || !line.isEmpty(); line = in.readLine()) {
            if (line == null) {
                return false;
            }
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        for (int read = 0; read < length; read++) {
            if (in.read() < 0) {
                return false;
            }
        }
        return true;
    }

    private static String body() {
        return "data: %s\n\ndata: %s\n\ndata: [DONE]\n\n"
                .formatted(chunk("{\"content\":\"4\"}"), finish("stop"));
    }
}
