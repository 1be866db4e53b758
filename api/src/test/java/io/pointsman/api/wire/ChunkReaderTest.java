package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.Estimates;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import org.jspecify.annotations.Nullable;
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
                    {"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}                 | 5 | 0 | 7 | 0 | NONE
                    {"prompt_tokens":0,"completion_tokens":0}                                   | 0 | 0 | 0 | 0 | NONE
                    {"prompt_tokens":5,"prompt_tokens_details":{"x":[],"cached_tokens":3}}      | 5 | 3 | 0 | 0 | COMPLETION
                    {"prompt_tokens":5,"prompt_cache_hit_tokens":2,"prompt_tokens_details":null}| 5 | 2 | 0 | 0 | COMPLETION
                    {"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":4}}  | 0 | 0 | 9 | 4 | PROMPT
                    {"prompt_tokens":-5,"completion_tokens":"7","x":{"prompt_tokens":9}}        | 0 | 0 | 0 | 0 | COMPLETION
                    {"prompt_tokens":99999999999999999999}                                      | 2147483647 | 0 | 0 | 0 | COMPLETION
                    """)
    void countsTokens(
            String usage,
            int prompt,
            int cached,
            int completion,
            int reasoning,
            Estimates estimates) {
        var facts = facts("{\"choices\":[],\"usage\":" + usage + "}");

        assertThat(facts.usage())
                .contains(new Usage(prompt, cached, completion, reasoning, estimates));
        assertThat(facts.choices()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // what the server says: prompt, completion, reasoning, total; then who counts how, and
        // what is made of it
        "10, 20, 15, 30, AUTO, 20",
        "10, 20, 15, 45, AUTO, 35",
        "10, 20, 15,   , AUTO, 20",
        "10, 20, 35,   , AUTO, 55",
        "10, 20, 15, 45, INCLUDED, 20",
        "10, 20, 15, 45, ADDED, 35",
        "10, 20, 15,   , ADDED, 35",
        "10, 20,  0, 30, ADDED, 20",
        "10,  0, 15, 25, AUTO, 15",
    })
    void t07_reasoningIsCountedOnceWhateverTheProviderCallsIt(
            int prompt,
            int completion,
            int reasoning,
            @Nullable Integer total,
            ReasoningTokens rule,
            int produced) {
        var json =
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\": %d ,%s\"completion_tokens_details\":{\"reasoning_tokens\":%d},\"x\":1.50}}"
                        .formatted(
                                prompt,
                                completion,
                                total == null ? "" : "\"total_tokens\":" + total + ",",
                                reasoning);

        var reader = ChunkReader.read(json.getBytes(UTF_8), rule);

        var usage = reader.facts().usage().orElseThrow();
        assertThat(usage)
                .isEqualTo(new Usage(prompt, 0, produced, Math.min(reasoning, produced), false));
        var told = new String(reader.withSoundUsage(), UTF_8);
        assertThat(told).contains("\"completion_tokens\": " + produced + " ").contains("1.50");
        if (total != null) {
            assertThat(told).contains("\"total_tokens\":" + (prompt + produced) + ",");
        }
    }

    @Test
    void t08_theAnswerIsCountedBesideItsReasoning() {
        var usage =
                facts(
                                "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":500,\"total_tokens\":509,"
                                        + "\"completion_tokens_details\":{\"reasoning_tokens\":25}}}")
                        .usage()
                        .orElseThrow();

        assertThat(usage.completionTokens()).isEqualTo(500);
        assertThat(usage.reasoningTokens()).isEqualTo(25);
    }

    @Test
    void t10_anExplicitZeroIsACount() {
        assertThat(facts("{\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":3}}").usage())
                .contains(new Usage(0, 0, 3, 0, false));
        assertThat(facts("{\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":3}}").usage())
                .contains(new Usage(0, 0, 3, 0, Estimates.PROMPT));
        assertThat(facts("{\"usage\":{}}").usage()).isEmpty();
    }

    @Test
    void t15_noMoreIsCachedThanWasRead() {
        assertThat(
                        facts(
                                        "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,\"prompt_cache_hit_tokens\":4,"
                                                + "\"prompt_tokens_details\":{\"cached_tokens\":9}}}")
                                .usage())
                .contains(new Usage(5, 5, 1, 0, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"a":1,"usage":{"prompt_tokens":1},"b":2}   | {"a":1,"b":2}
                    {"usage":{"prompt_tokens":1} , "b":2}       | {"b":2}
                    {"a":1 , "usage":null}                      | {"a":1}
                    {"usage":{}}                                | {}
                    {"a":{"usage":1}}                           | {"a":{"usage":1}}
                    """)
    void takesTheUsageOut(String chunk, String without) {
        var reader = ChunkReader.read(chunk.getBytes(UTF_8), ReasoningTokens.AUTO);

        assertThat(new String(reader.withoutUsage(), UTF_8)).isEqualTo(without);
    }

    @Test
    void tellsRepeatedTextsByTheirHash() {
        var first = hash("{\"id\":1,\"choices\":[{\"delta\":{\"content\":\" and\"}}]}");

        assertThat(first).isNotZero();
        assertThat(hash("{\"id\":2,\"choices\":[{\"delta\":{\"content\":\" and\"}}]}"))
                .isEqualTo(first);
        assertThat(hash("{\"choices\":[{\"delta\":{\"content\":\" but\"}}]}")).isNotEqualTo(first);
        assertThat(hash("{\"choices\":[{\"delta\":{\"content\":\"--\"}}]}")).isZero();
    }

    private static int hash(String chunk) {
        return ChunkReader.read(chunk.getBytes(UTF_8), ReasoningTokens.AUTO).textHash();
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
