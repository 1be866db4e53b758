package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChunkAggregatorTest {

    @Test
    void joinsTexts() {
        assertThat(
                        aggregate(
                                """
                                {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}
                                {"id":"a","choices":[{"index":0,"delta":{"reasoning_content":"h"}}]}
                                {"id":"a","choices":[{"index":0,"delta":{"reasoning_content":"m"}}]}
                                {"id":"a","choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}
                                {"id":"a","choices":[{"index":0,"delta":{"content":"\\ude00!"}}]}
                                {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
                                {"id":"a","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2.50}}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"id":"a","object":"chat.completion","created":1,"model":"m",
                                 "choices":[{"index":0,"message":{"role":"assistant","content":"😀!","reasoning_content":"hm"},"finish_reason":"stop"}],
                                 "usage":{"prompt_tokens":1,"completion_tokens":2.50}}\
                                """));
    }

    @Test
    void keepsUnknownFields() {
        assertThat(
                        aggregate(
                                """
                                {"x":1,"choices":[{"index":0,"y":1,"delta":{"z":{"a":1},"content":"c"}}]}
                                {"x":2,"choices":[{"index":0,"y":null,"delta":{"z":null,"v":true}}]}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"object":"chat.completion","choices":[{"index":0,"y":1,"finish_reason":null,
                                 "message":{"role":"assistant","content":"c","z":{"a":1},"v":true}}],"x":2}\
                                """));
    }

    @Test
    void takesTheLastOfEachFieldWhereChunksBeginAlike() {
        var chunks =
                """
                {"id":"a","x":1,"choices":[{"index":0,"delta":{"content":"c"}}],"usage":null}
                {"id":"a","x":1,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
                {"id":"a","x":1,"choices":[],"usage":{"prompt_tokens":1}}
                {"id":"a","x":2,"choices":[],"y":1}
                {"id":"a","x":2,"choices":[],"x":3}
                """;

        assertThat(aggregate(chunks.lines().limit(3).collect(joining("\n"))))
                .isEqualTo(
                        json(
                                """
                                {"id":"a","object":"chat.completion","choices":[{"index":0,
                                 "message":{"role":"assistant","content":"c"},"finish_reason":"stop"}],
                                 "x":1,"usage":{"prompt_tokens":1}}\
                                """));
        assertThat(aggregate(chunks).path("x").intValue()).isEqualTo(3);
        assertThat(aggregate(chunks + "{\"id\":\"a\",\"x\":2,\"choices\":[]}").path("x").intValue())
                .isEqualTo(2);
    }

    @Test
    void putsToolCallsTogether() {
        assertThat(
                        aggregate(
                                        """
                                        {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"c0","type":"function","function":{"name":"f","arguments":""}}]}}]}
                                        {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c1","function":{"name":"g","arguments":"{\\"b\\""}}]}}]}
                                        {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":":2}"}}]}}]}
                                        {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\
                                        """)
                                .at("/choices/0/message"))
                .isEqualTo(
                        json(
                                """
                                {"role":"assistant","content":null,"tool_calls":[
                                 {"id":"c0","type":"function","function":{"name":"f","arguments":"{}"}},
                                 {"id":"c1","type":"function","function":{"name":"g","arguments":"{\\"b\\":2}"}}]}\
                                """));
    }

    @Test
    void repairsTheIndexesOfToolCalls() {
        var calls =
                aggregate(
                                """
                                {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}}]}}]}
                                {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"2"}}]}}]}
                                {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"3"}}]}}]}
                                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"4"}}]}}]}
                                {"choices":[{"delta":{"tool_calls":[{"index":5,"id":"c","function":{"name":"h","arguments":"5"}}]}}]}\
                                """)
                        .at("/choices/0/message/tool_calls");

        assertThat(calls.findValuesAsString("arguments")).containsExactly("12", "34", "5");
        assertThat(calls.findValuesAsString("id")).containsExactly("a", "b", "c");
    }

    @Test
    void putsALegacyFunctionCallTogether() {
        assertThat(
                        aggregate(
                                        """
                                        {"choices":[{"delta":{"function_call":{"name":"f","arguments":"{"}}}]}
                                        {"choices":[{"delta":{"function_call":{"arguments":"}"}}}]}\
                                        """)
                                .at("/choices/0/message"))
                .isEqualTo(
                        json(
                                """
                                {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}\
                                """));
    }

    @Test
    void appendsLogProbabilitiesAndOrdersChoices() {
        var completion =
                aggregate(
                        """
                        {"choices":[{"index":1,"delta":{"content":"b"},"logprobs":{"content":[{"logprob":-0.1}],"refusal":null}}]}
                        {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":null}]}
                        {"choices":[{"index":1,"delta":{"content":"c"},"logprobs":{"content":[{"logprob":-0.2}]}}]}\
                        """);

        assertThat(completion.at("/choices/0/message/content").stringValue()).isEqualTo("a");
        assertThat(completion.at("/choices/1/message/content").stringValue()).isEqualTo("bc");
        assertThat(completion.at("/choices/1/logprobs").toString())
                .isEqualTo(
                        "{\"content\":[{\"logprob\":-0.1},{\"logprob\":-0.2}],\"refusal\":null}");
    }

    @Test
    void saysNothingWhereNothingCame() {
        assertThat(
                        aggregate(
                                        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}")
                                .at("/choices/0/message/content"))
                .isEqualTo(json("\"\""));
        assertThat(new String(new ChunkAggregator().completion(), UTF_8))
                .isEqualTo("{\"object\":\"chat.completion\",\"choices\":[]}");
    }

    @Test
    void isUndoneByACompletionChunk() {
        var completion =
                """
                {"id":"a","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi","x":1,
                 "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop","logprobs":null}],
                 "usage":{"prompt_tokens":1}}\
                """;
        var chunk = CompletionChunk.of(completion.getBytes(UTF_8)).orElseThrow();
        var aggregator = new ChunkAggregator();

        aggregator.add(chunk);

        assertThat(ChunkReader.facts(chunk).content()).isTrue();
        assertThat(new String(chunk, UTF_8)).contains("chat.completion.chunk");
        assertThat(json(new String(aggregator.completion(), UTF_8)))
                .isEqualTo(json(completion.replace(",\"logprobs\":null", "")));
    }

    @Test
    void keepsNumbersAsTheyAre() {
        var aggregator = new ChunkAggregator();

        aggregator.add("{\"x\":1.50,\"y\":12345678901234567890.12345}".getBytes(UTF_8));

        assertThat(new String(aggregator.completion(), UTF_8))
                .contains("\"x\":1.50,\"y\":12345678901234567890.12345");
    }

    @Test
    void refusesWhatIsNoCompletion() {
        assertThat(CompletionChunk.of("<html>".getBytes(UTF_8))).isEmpty();
        assertThat(CompletionChunk.of("[]".getBytes(UTF_8))).isEmpty();
        assertThat(CompletionChunk.of("{}".getBytes(UTF_8))).isEmpty();
        assertThatThrownBy(() -> new ChunkAggregator().add("7".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static JsonNode aggregate(String chunks) {
        var aggregator = new ChunkAggregator();
        chunks.lines().forEach(chunk -> aggregator.add(chunk.getBytes(UTF_8)));
        return json(new String(aggregator.completion(), UTF_8));
    }

    private static JsonNode json(String json) {
        return JsonMapper.shared().readTree(json);
    }
}
