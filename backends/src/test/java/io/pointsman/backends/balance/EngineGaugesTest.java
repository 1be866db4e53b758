package io.pointsman.backends.balance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineGaugesTest {

    private static final String VLLM =
            """
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="m"} 12.0
            # HELP vllm:num_requests_waiting Number of requests waiting to be processed.
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{engine="0",model_name="a } \\" b"} 3.0
            vllm:num_requests_waiting{engine="1",model_name="m"} 4.0
            vllm:num_requests_waiting_by_reason{engine="1",model_name="m"} 400.0
            vllm:gpu_cache_usage_perc{engine="0",model_name="m"} 0.9
            vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
            vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
            vllm:request_success_total{engine="0",finished_reason="stop"} 7.0
            """;

    @Test
    void readsVllm() {
        assertThat(read(VLLM, Engine.VLLM)).contains(new EngineLoad(7, 0.75));
        assertThat(read(VLLM.replace("\n", "\r\n"), Engine.POINTSMAN))
                .contains(new EngineLoad(7, 0.75));
    }

    @Test
    void readsTheNameThatVllmHadBefore() {
        assertThat(
                        read(
                                """
                                vllm:num_requests_waiting{model_name="m"} 0.0
                                vllm:gpu_cache_usage_perc{model_name="m"} 0.5 1700000000
                                """,
                                Engine.VLLM))
                .contains(new EngineLoad(0, 0.5));
    }

    @Test
    void readsSglang() {
        assertThat(
                        read(
                                """
                                sglang:num_running_reqs{model_name="m"} 8
                                sglang:num_queue_reqs{model_name="m"} 4
                                sglang:token_usage{model_name="m"} 0.28
                                """,
                                Engine.SGLANG))
                .contains(new EngineLoad(4, 0.28));
    }

    @Test
    void saysNothingWhereTheQueueIsNotTold() {
        assertThat(read("", Engine.VLLM)).isEmpty();
        assertThat(read("vllm:kv_cache_usage_perc 0.5\n", Engine.VLLM)).isEmpty();
        assertThat(read(VLLM, Engine.SGLANG)).isEmpty();
        assertThat(read("<html>vllm:num_requests_waiting 1</html>", Engine.VLLM)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "+Inf",
                "-1",
                "",
                "1e999",
                "0x",
                "{",
                "12345678901234567890123456789012345",
                "\"1\""
            })
    void leavesOutWhatIsNoNumberOfRequests(String value) {
        assertThat(read("vllm:num_requests_waiting " + value, Engine.VLLM)).isEmpty();
        assertThat(read("vllm:num_requests_waiting{a=\"b\"}" + value, Engine.VLLM)).isEmpty();
    }

    @Test
    void keepsWhatItReadsInRange() {
        assertThat(
                        read(
                                "vllm:num_requests_waiting 1e300\nvllm:kv_cache_usage_perc 80",
                                Engine.VLLM))
                .contains(new EngineLoad(1_000_000, 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void survivesAnyBytes(int seed) {
        var random = new Random(seed);
        var bytes = VLLM.getBytes(ISO_8859_1);
        for (int i = random.nextInt(40); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    random.nextBoolean()
                            ? (byte) random.nextInt(256)
                            : (byte) "{}\"\\\n 9".charAt(random.nextInt(7));
        }
        var cut = new String(bytes, 0, random.nextInt(bytes.length + 1), ISO_8859_1);

        var read = read(cut, Engine.VLLM);

        read.ifPresent(load -> {
            assertThat(load.queueDepth()).isBetween(0, 1_000_000);
            assertThat(load.kvUtilisation()).isBetween(0.0, 1.0);
        });
    }

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    private static Optional<EngineLoad> read(String text, Engine engine) {
        return EngineGauges.read(text.getBytes(ISO_8859_1), engine.names());
    }
}
