package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SseDecoderTest {

    @ParameterizedTest
    @MethodSource("streams")
    void cutsEventsAtEverySplit(String stream, List<String> expected) {
        var bytes = stream.getBytes(UTF_8);

        assertThat(decode(bytes)).isEqualTo(expected);
        for (int i = 0; i <= bytes.length; i++) {
            assertThat(decode(bytes, i)).as("split at %d", i).isEqualTo(expected);
        }
    }

    static Stream<Arguments> streams() {
        return Stream.of(
                stream("data: {\"a\":\"ü😀\"}\n\ndata: [DONE]\n\n", "{\"a\":\"ü😀\"}", "[DONE]"),
                stream("data: a\r\n\r\ndata:b\r\n\r\n", "a", "b"),
                stream("data: a\r\rdata: b\r\r", "a", "b"),
                stream("data: a\n\r\ndata: b\r\n\n", "a", "b"),
                stream("\ufeffdata: a\n\n", "a"),
                stream("data:  a \n\n", " a "),
                stream("data: a\ndata: b\ndata\ndata:\n\n", "a\nb\n\n"),
                stream(": ping\n\n:\n\ndata: a\n: ping\n\n", "a"),
                stream("event: x\nid: 1\nretry: 5\ndata: a\ndatax: b\ndat\nfoo\n\n", "a"),
                stream("\n\n\r\n\r\n"),
                stream("data:\n\ndata: \n\n"),
                stream("data: unclosed", "unclosed"),
                stream("data: unclosed\n", "unclosed"),
                stream(""));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void doesNotCareHowAStreamIsCut(long seed) {
        var random = new Random(seed);
        var stream = new StringBuilder(random.nextBoolean() ? "\ufeff" : "");
        var ends = List.of("\n", "\r\n", "\r");
        for (int i = 0; i < 20; i++) {
            var end = ends.get(random.nextInt(ends.size()));
            for (int j = random.nextInt(3); j > 0; j--) {
                stream.append(random.nextBoolean() ? ": ping" : "event: e").append(end);
            }
            stream.append(random.nextBoolean() ? "data: " : "data:");
            stream.append("é😀x".repeat(random.nextInt(5))).append(i).append(end).append(end);
        }
        var bytes = stream.toString().getBytes(UTF_8);
        var whole = decode(bytes);

        var cuts = random.ints(random.nextInt(1, 40), 0, bytes.length + 1).sorted().toArray();

        assertThat(whole).hasSize(20);
        assertThat(decode(bytes, cuts)).isEqualTo(whole);
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @Test
    void readsBuffersOfEitherKind() {
        var events = new ArrayList<byte[]>();
        var decoder = new SseDecoder(100);
        var direct = ByteBuffer.allocateDirect(6).put("data: ".getBytes(UTF_8)).flip();
        var heap = ByteBuffer.wrap("xxab\n\n".getBytes(UTF_8), 2, 4).slice();

        decoder.feed(direct, events::add);
        decoder.feed(heap, events::add);

        assertThat(events).singleElement().isEqualTo("ab".getBytes(UTF_8));
        assertThat(direct.hasRemaining() || heap.hasRemaining()).isFalse();
    }

    @Test
    void failsWhenAnEventGrowsTooLarge() {
        var line = ("data: " + "x".repeat(101)).getBytes(UTF_8);
        var lines = "data: xxxxxxxxx\n".repeat(11).getBytes(UTF_8);

        assertBroken(line);
        assertBroken((new String(line, UTF_8) + "\n").getBytes(UTF_8));
        assertBroken(lines);
    }

    private static void assertBroken(byte[] bytes) {
        var decoder = new SseDecoder(100);

        assertThatThrownBy(() -> decoder.feed(bytes, 0, bytes.length, _ -> {}))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(Failure.Broken.class));
    }

    private static Arguments stream(String stream, String... events) {
        return Arguments.of(stream, List.of(events));
    }

    private static List<String> decode(byte[] bytes, int... cuts) {
        var events = new ArrayList<String>();
        var decoder = new SseDecoder(1 << 16);
        int from = 0;
        for (int cut : cuts) {
            decoder.feed(bytes, from, cut - from, event -> events.add(new String(event, UTF_8)));
            from = cut;
        }
        decoder.feed(
                bytes, from, bytes.length - from, event -> events.add(new String(event, UTF_8)));
        decoder.finish(event -> events.add(new String(event, UTF_8)));
        return events;
    }
}
