package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"role":"assistant"}                            | false | false | false
                    {"role":"assistant","content":""}               | false | false | false
                    {"content":null}                                | false | false | false
                    {"content":"a"}                                 | true  | false | false
                    {"refusal":"no"}                                | true  | false | false
                    {"reasoning_content":"a","content":null}        | false | true  | false
                    {"reasoning":"a"}                               | false | true  | false
                    {"reasoning":{"text":"a"}}                      | false | false | false
                    {"tool_calls":[{"index":0}]}                    | false | false | true
                    {"tool_calls":[]}                               | false | false | false
                    {"function_call":{"name":"f"}}                  | false | false | true
                    {"content":["odd",{"content":"a"}],"x":{"y":[]}} | false | false | false
                    """)
    void seesWhatADeltaCarries(String delta, boolean content, boolean reasoning, boolean call) {
        var facts = facts("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}");

        assertThat(facts.content()).isEqualTo(content);
        assertThat(facts.reasoning()).isEqualTo(reasoning);
        assertThat(facts.toolCall()).isEqualTo(call);
        assertThat(facts.visible()).isEqualTo(content || reasoning || call);
        assertThat(facts.choices()).isTrue();
        assertThat(facts.finishReason()).isEmpty();
        assertThat(facts.usage()).isEmpty();
    }

    @Test
    void seesTheEnd() {
        assertThat(
                        facts("{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}")
                                .finishReason())
                .contains(FinishReason.LENGTH);
        assertThat(facts("{\"choices\":[{\"delta\":{},\"finish_reason\":null}]}").finishReason())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}                 | 5 | 0 | 7 | 0
                    {"prompt_tokens":0,"completion_tokens":0}                                   | 0 | 0 | 0 | 0
                    {"prompt_tokens":5,"prompt_tokens_details":{"x":[],"cached_tokens":3}}      | 5 | 3 | 0 | 0
                    {"prompt_tokens":5,"prompt_cache_hit_tokens":2,"prompt_tokens_details":null}| 5 | 2 | 0 | 0
                    {"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":4}}  | 0 | 0 | 9 | 4
                    {"prompt_tokens":-5,"completion_tokens":"7","x":{"prompt_tokens":9}}        | 0 | 0 | 0 | 0
                    {"prompt_tokens":99999999999999999999}                                      | 2147483647 | 0 | 0 | 0
                    """)
    void countsTokens(String usage, int prompt, int cached, int completion, int reasoning) {
        var facts = facts("{\"choices\":[],\"usage\":" + usage + "}");

        assertThat(facts.usage()).contains(new Usage(prompt, cached, completion, reasoning, false));
        assertThat(facts.choices()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"choices\":null,\"usage\":null,\"error\":null}",
                "{\"choices\":{},\"usage\":[]}",
                "{\"choices\":[1,null,[]]}",
                "{\"choices\":[{\"delta\":null,\"finish_reason\":3}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"\"},\"logprobs\":{\"content\":[]}}]}"
            })
    void toleratesOddChunks(String chunk) {
        assertThat(facts(chunk).visible()).isFalse();
    }

    @Test
    void turnsAnErrorIntoAFailure() {
        var failure =
                (Failure.Rejected)
                        failure(
                                "{\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":503}}");

        assertThat(failure.status()).isEqualTo(503);
        assertThat(failure.body().orElseThrow()).contains("\"message\":\"boom\"");
        assertThat(failure("{\"error\":\"boom\"}")).isInstanceOf(Failure.Rejected.class);
        assertThat(failure("{\"error\":{}}")).isInstanceOf(Failure.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "oops",
                "[]",
                "{\"choices\":[",
                "{\"choices\":[{\"delta\":{\"content\":\"a"
            })
    void failsOnWhatIsNoJsonObject(String chunk) {
        assertThat(failure(chunk)).isInstanceOf(Failure.Broken.class);
    }

    private static Failure failure(String chunk) {
        var failures = new java.util.ArrayList<Failure>();
        assertThatThrownBy(() -> facts(chunk))
                .isInstanceOfSatisfying(FailureException.class, e -> failures.add(e.failure()));
        return failures.getFirst();
    }

    private static ChunkFacts facts(String chunk) {
        return ChunkReader.facts(chunk.getBytes(UTF_8));
    }
}
