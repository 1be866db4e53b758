package io.pointsman.gateway;

import static io.pointsman.gateway.OneModel.answer;
import static io.pointsman.gateway.OneModel.body;
import static io.pointsman.gateway.OneModel.broken;
import static io.pointsman.gateway.OneModel.call;
import static io.pointsman.gateway.OneModel.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.pointsman.api.ChatEvent;
import io.pointsman.gateway.http.RequestGate;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// How often an answer writes to its client's socket: each write costs as much as the gateway's own
/// work on a small request.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WritesTest {

    private final FakeBackend model = new FakeBackend("small");
    private final RequestGate gate = new RequestGate(1);
    private final BlockingQueue<Long> writes = new LinkedBlockingQueue<>();
    private final DisposableServer server = start();

    private DisposableServer start() {
        var chat = OneModel.endpoint(model, gate, _ -> {});
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnChannelInit((_, channel, _) -> channel.pipeline().addLast(new Announcer()))
                .handle(chat)
                .bindNow();
    }

    /// Has writes noted from the first one on: where they meet the socket, past all that holds them
    /// back.
    private final class Announcer extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            context.pipeline().addFirst(new Writes());
            context.pipeline().remove(this);
            var _ = context.write(message, promise);
        }
    }

    /// Notes the bytes that each flush sends.
    private final class Writes extends ChannelOutboundHandlerAdapter {

        @Override
        public void flush(ChannelHandlerContext context) {
            long before = waiting(context);
            context.flush();
            if (waiting(context) < before) {
                writes.add(before);
            }
        }

        private static long waiting(ChannelHandlerContext context) {
            return context.channel().unsafe().outboundBuffer().totalPendingWriteBytes();
        }
    }

    @BeforeEach
    void reset() {
        model.reset();
        writes.clear();
    }

    @AfterAll
    void close() {
        server.disposeNow();
    }

    @Test
    void aWholeAnswerIsOneWrite() throws Exception {
        model.answers(Flux.fromIterable(answer("Hello")));

        var head = headOf("");

        assertThat(head).startsWith("HTTP/1.1 200").contains("Content-Length: ");
        assertWrites(1);
    }

    @Test
    void anErrorIsOneWrite() throws Exception {
        model.answers(Flux.error(broken()));

        var head = headOf("");

        assertThat(head).startsWith("HTTP/1.1 502").contains("x-pointsman-route: fast");
        assertWrites(1);
    }

    @Test
    void aRefusalIsOneWrite() throws Exception {
        var silent = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        model.answers(silent.asFlux());

        try (var _ = call(server.port(), raw(body("fast", "")))) {
            model.subscribed().get();
            assertThat(headOf("")).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
        }

        assertWrites(1);
    }

    @Test
    void aStreamThatIsThereAtOnceIsOneWrite() throws Exception {
        // More than is asked for at once.
        var words = Flux.range(0, 64).<ChatEvent>map(i -> FakeBackend.CHUNKS.content("word " + i));
        model.answers(words.concatWith(Flux.fromIterable(answer("Hello"))));

        try (var call = call(server.port(), raw(body("fast", ",\"stream\":true")))) {
            assertThat(call.rest())
                    .contains("chunked")
                    .contains("word 63", "Hello")
                    .contains("[DONE]");
        }

        assertWrites(1);
    }

    @Test
    void theFirstOfAStreamGoesWithItsHeadersAndTheLastWithItsEnd() throws Exception {
        var answer = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
        model.answers(answer.asFlux());
        var events = answer("Hello");

        try (var call = call(server.port(), raw(body("fast", ",\"stream\":true")))) {
            answer.tryEmitNext(events.getFirst()).orThrow();
            assertThat(call.head()).startsWith("HTTP/1.1 200");
            assertThat(call.lines("data: ", 1)).hasSize(1);
            answer.tryEmitNext(events.getLast()).orThrow();

            assertThat(call.rest()).contains("[DONE]");
        }

        assertWrites(2);
    }

    @Test
    void aPermitIsKeptUntilASlowReaderHasTheWholeAnswer() throws Exception {
        model.answers(Flux.fromIterable(answer("x".repeat(16 << 20))));

        try (var call = call(server.port(), raw(body("fast", "")))) {
            assertThat(call.head()).startsWith("HTTP/1.1 200");
            assertThat(gate.underWay()).isEqualTo(1);
            call.reader().skip(16 << 20);

            assertThat(gate.awaitIdle(Duration.ofSeconds(20))).isTrue();
        }
    }

    private void assertWrites(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(writes.poll(20, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(gate.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(writes).isEmpty();
    }

    private String headOf(String more) throws Exception {
        try (var call = call(server.port(), raw(body("fast", more)))) {
            var head = call.head();
            assertThat(call.reader().read()).isEqualTo('{');
            return head;
        }
    }
}
