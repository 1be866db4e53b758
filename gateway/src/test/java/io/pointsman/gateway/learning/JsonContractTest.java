package io.pointsman.gateway.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonContractTest {

    private static final String SCHEMA =
            ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":"
                    + "{\"type\":\"object\",\"required\":[\"a\",\"b\"]}}}";

    @Test
    void isWhatTheRequestAsksFor() {
        assertThat(of("")).isNull();
        assertThat(of(",\"response_format\":{\"type\":\"text\"}")).isNull();
        assertThat(of(",\"response_format\":null")).isNull();
        assertThat(of(",\"response_format\":{\"type\":\"json_object\"}"))
                .isEqualTo(new JsonContract(List.of()));
        assertThat(of(SCHEMA)).isEqualTo(new JsonContract(List.of("a", "b")));
        assertThat(of(SCHEMA + ",\"x\":\"" + "y".repeat(300_000) + "\"")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sure! {}", "{\"a\":1", "```json\n{}\n```", "{} {}", "{'a':1}"})
    void isBrokenByWhatIsNoJson(String answer) {
        assertThat(new JsonContract(List.of()).brokenBy(answer)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":1,\"b\":null} | false",
                "{\"a\":1} | true",
                "[] | true",
                "3 | true",
            })
    void isBrokenByAMissingProperty(String answer, boolean broken) {
        assertThat(new JsonContract(List.of("a", "b")).brokenBy(answer)).isEqualTo(broken);
        assertThat(new JsonContract(List.of()).brokenBy(answer)).isFalse();
    }

    private static @Nullable JsonContract of(String more) {
        return JsonContract.of(Samples.request("r", "hi", more)).orElse(null);
    }
}
