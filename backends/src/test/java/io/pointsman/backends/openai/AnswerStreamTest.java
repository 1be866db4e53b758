package io.pointsman.backends.openai;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.backends.ChatRequests;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswerStreamTest {

    private static final Duration LINGER = Duration.ofMillis(50);

    private final EventExecutor loop = new DefaultEventExecutor();
    private int came;

    @AfterAll
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void givesOutAllThatArrivedBeforeAnError() {
        var connection = TestPublisher.<ByteBuf>create();
        var reader = new Slow();
        stream(connection.flux()).subscribe(reader);
        reader.request(1);
        connection.next(bytes(event(1), event(2), event(3)));
        connection.error(new IOException("reset"));
        assertThat(reader.events).hasSize(1);

        reader.request(1);
        assertThat(reader.events).hasSize(2);
        assertThat(reader.failure).isNull();
        reader.request(2);

        assertThat(reader.events).hasSize(3);
        assertThat(reader.failure).isInstanceOf(IOException.class);
    }

    @Test
    void saysOfEachReadOnceThatEventsHaveCome() {
        came = 0;
        var connection = TestPublisher.<ByteBuf>create();
        var reader = new Slow();
        stream(connection.flux()).subscribe(reader);
        reader.request(1);

        connection.next(bytes(event(1), event(2), event(3)));
        assertThat(came).isEqualTo(1);
        reader.request(2);
        connection.next(bytes(": a comment\n\n"));
        connection.next(bytes("data: {"));

        assertThat(reader.events).hasSize(3);
        assertThat(came).isEqualTo(1);
    }

    @Test
    void givesOutAllThatCameBeforeAnEventThatFails() {
        var connection = TestPublisher.<ByteBuf>create();
        var reader = new Slow();
        stream(connection.flux()).subscribe(reader);
        reader.request(Long.MAX_VALUE);

        connection.next(bytes(event(1), event(2), "data: {\"error\":{\"message\":\"no\"}}\n\n"));

        assertThat(reader.events).hasSize(2);
        assertThat(reader.failure)
                .isInstanceOfSatisfying(
                        FailureException.class,
                        it -> assertThat(it.failure()).isInstanceOf(Failure.Rejected.class));
        connection.assertCancelled();
    }

    @Test
    void readsWhatIsLongerThanAThreadDecodesAtOnce() {
        var connection = TestPublisher.<ByteBuf>create();
        var reader = new Slow();
        stream(connection.flux()).subscribe(reader);
        reader.request(Long.MAX_VALUE);

        connection.next(bytes(event(1), padding(40 << 10), event(2), "data: {\"choi"));
        connection.next(bytes("ces\":[]}\n\n", event(3)));

        assertThat(reader.events).hasSize(4);
    }

    @Test
    void t06_readsNoFurtherAheadOfASlowReaderThanItMayHold() {
        var connection =
                TestPublisher.<ByteBuf>createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        var asked = new ArrayList<Long>();
        var reader = new Slow();
        stream(connection.flux().doOnRequest(asked::add)).subscribe(reader);
        assertThat(asked).isEmpty();

        reader.request(1);
        assertThat(asked).containsExactly(1L);
        connection.next(bytes(event(1), event(2)));
        assertThat(asked).hasSize(2);
        connection.next(bytes(padding(AnswerStream.MOST_HELD), event(3)));
        assertThat(asked).hasSize(2);
        assertThat(reader.events).hasSize(1);
        reader.request(1);

        assertThat(asked).containsExactly(1L, 1L, 1L);
        assertThat(reader.events).hasSize(2);
    }

    @Test
    void readsOnForAWhileAfterTheLastEvent() throws InterruptedException {
        var connection = TestPublisher.<ByteBuf>create();
        var cancelled = new CountDownLatch(1);
        var reader = new Slow();
        stream(connection.flux().doOnCancel(cancelled::countDown)).subscribe(reader);
        reader.request(Long.MAX_VALUE);

        connection.next(bytes(event(1), end(), "data: [DONE]\n\n"));

        assertThat(reader.events).last().isInstanceOf(ChatEvent.Finished.class);
        assertThat(reader.completed.getCount()).isEqualTo(1);
        assertThat(cancelled.getCount()).isEqualTo(1);
        connection.next(bytes(": more\n\n"));
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.completed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aConnectionThatEndsInTimeIsNotClosed() {
        var connection = TestPublisher.<ByteBuf>create();
        var reader = new Slow();
        stream(connection.flux()).subscribe(reader);
        reader.request(Long.MAX_VALUE);

        connection.next(bytes(event(1), end(), "data: [DONE]\n\n"));
        connection.complete();

        assertThat(reader.completed.getCount()).isZero();
        connection.assertNotCancelled();
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void losesNothingWhateverTheThreadsAndThePieces(long seed) {
        var random = new Random(seed);
        int count = random.nextInt(1, 60);
        var pieces = pieces(random, count);
        boolean breaks = random.nextBoolean();
        var end =
                breaks
                        ? Flux.<ByteBuf>error(new IOException("reset"))
                        : Flux.just(bytes(end(), "data: [DONE]\n\n"));
        var threads = Schedulers.newParallel("pieces", 2);

        var events = new ArrayList<ChatEvent>();
        stream(Flux.fromIterable(pieces).concatWith(end).publishOn(threads, true, 1))
                .publishOn(threads, true, random.nextInt(1, 5))
                .doOnNext(events::add)
                .onErrorComplete(IOException.class)
                .blockLast(Duration.ofSeconds(20));
        threads.dispose();

        var texts =
                events.stream()
                        .filter(it ->
                                it instanceof ChatEvent.Chunk(_, var facts, _) && facts.content())
                        .map(it -> new String(((ChatEvent.Chunk) it).json(), UTF_8))
                        .toList();
        assertThat(texts).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(texts.get(i)).contains("word " + i + "\"");
        }
        assertThat(events.getLast() instanceof ChatEvent.Finished).isEqualTo(!breaks);
    }

    private static List<ByteBuf> pieces(Random random, int count) {
        var all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(event(i));
        }
        var bytes = all.toString().getBytes(UTF_8);
        var pieces = new ArrayList<ByteBuf>();
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, random.nextInt(1, 400));
            pieces.add(Unpooled.wrappedBuffer(bytes, from, length));
            from += length;
        }
        return pieces;
    }

    private AnswerStream stream(Flux<ByteBuf> connection) {
        var settings =
                OpenAiSettings.of(
                        new BackendDescriptor("one", "m", 4096, Optional.empty()),
                        URI.create("http://localhost/v1"));
        return new AnswerStream(
                connection,
                new AnswerReader(settings, ChatRequests.saying("hello")),
                loop,
                LINGER,
                () -> came++);
    }

    private static String event(int i) {
        return "data: " + chunk("{\"content\":\"word " + i + "\"}") + "\n\n";
    }

    /// A comment of `length` bytes and more.
    private static String padding(int length) {
        return ": " + "x".repeat(length) + "\n\n";
    }

    private static String end() {
        return "data: " + finish("stop") + "\n\n";
    }

    private static ByteBuf bytes(String... events) {
        return Unpooled.wrappedBuffer(String.join("", events).getBytes(UTF_8));
    }

    /// Asks for nothing by itself.
    private static final class Slow extends BaseSubscriber<ChatEvent> {
        private final List<ChatEvent> events = new ArrayList<>();
        private @Nullable Throwable failure;
        private final CountDownLatch completed = new CountDownLatch(1);

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(ChatEvent event) {
            events.add(event);
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            failure = thrown;
        }

        @Override
        protected void hookOnComplete() {
            completed.countDown();
        }
    }
}
