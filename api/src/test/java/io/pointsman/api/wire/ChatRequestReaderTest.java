package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure.InvalidRequest;
import io.pointsman.api.FailureException;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.Tenant;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestReaderTest {

    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    @Test
    void readsWhatRoutingNeeds() {
        var request =
                read(
                        """
                        {"model":"auto","stream":true,"stream_options":{"include_usage":true},"n":2,
                         "messages":[{"role":"system","content":"Be brief."},
                          {"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url",
                           "image_url":{"url":"data:,"}},{"text":"b","type":"text"}],"name":"x"},
                          {"role":"assistant","content":null,"tool_calls":[{"id":"1"},{"id":"2"}]},
                          {"role":"tool","content":"4","tool_call_id":"1"}],
                         "tools":[{"type":"function"}],"functions":[{}],
                         "response_format":{"type":"json_schema","json_schema":{}},
                         "max_tokens":5,"max_completion_tokens":7,"temperature":0.5,"top_p":1,
                         "seed":-9007199254740991,"stop":["a","b"],"reasoning_effort":"low"}\
                        """);

        assertThat(request.model()).isEqualTo("auto");
        assertThat(request.stream()).isTrue();
        assertThat(request.includeUsage()).isTrue();
        assertThat(request.choices()).isEqualTo(2);
        assertThat(request.tools()).isEqualTo(2);
        assertThat(request.structured()).isTrue();
        assertThat(request.messages())
                .containsExactly(
                        Message.of(Role.SYSTEM, "Be brief."),
                        new Message(Role.USER, "a\nb", 1, 0),
                        new Message(Role.ASSISTANT, "", 0, 2),
                        Message.of(Role.TOOL, "4"));
        var sampling = request.sampling();
        assertThat(sampling.maxTokens()).hasValue(7);
        assertThat(sampling.temperature()).hasValue(0.5);
        assertThat(sampling.topP()).hasValue(1);
        assertThat(sampling.seed()).hasValue(-9007199254740991L);
        assertThat(sampling.stop()).containsExactly("a", "b");
        assertThat(sampling.reasoningEffort()).contains("low");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"content\":\"a \\\"quote\\\",\\n a line and \\u00e9\\ud83d\"",
                "\"content\":\"wörd 中 😀\\n\\t\\/\"",
                "\"content\":[{\"type\":\"text\",\"text\":\"a\\\\\"},{\"type\":\"x\"}]"
            })
    void readsTheSameTextWithAParserAndWithout(String content) {
        var body =
                "{%s\"model\":\"m\",\"max_tokens\":99999999999,\"top_p\":1e-3,\"seed\":123456789012345678,"
                        + "\"messages\":[{\"role\":\"user\",%s}]}";

        var plain = read(body.formatted("", content));
        // A name with an escape is for a parser to read.
        var parsed = read(body.formatted("\"\\u0078\":1,", content));

        assertThat(plain.messages()).isEqualTo(parsed.messages());
        assertThat(plain.sampling()).isEqualTo(parsed.sampling());
    }

    @Test
    void takesNullsAsAbsent() {
        var request =
                read(
                        """
                        {"model":"m",%s,"stream":null,"stream_options":null,"n":null,"tools":null,
                         "max_tokens":null,"temperature":null,"top_p":null,"seed":null,"stop":null,
                         "reasoning_effort":null,"response_format":null,"functions":null}\
                        """
                                .formatted(HELLO));

        assertThat(request.stream()).isFalse();
        assertThat(request.choices()).isEqualTo(1);
        assertThat(request.sampling()).isEqualTo(io.pointsman.api.Sampling.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"max_tokens\":0",
                "\"max_tokens\":1000000000",
                "\"max_tokens\":123456789012345678901234567890",
                "\"logit_bias\":{\"50256\":-100}",
                "\"seed\":-9007199254740991",
                "\"stop\":\"x\"",
                "\"user\":\"\\ud800\"",
                "\"response_format\":{\"type\":\"text\"}",
                "\"unknown\":{\"deep\":[1,2.5e300,{\"x\":null}]}",
                "\"temperature\":2",
                "\"n\":128"
            })
    void acceptsWhatItNeedNotJudge(String field) {
        assertThat(read("{\"model\":\"m\"," + HELLO + "," + field + "}").model()).isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {}                                                        | model
                    {"model":""}                                              | model
                    {"model":null}                                            | model
                    {"model":7}                                               | model
                    {"model":"m"}                                             | messages
                    {"model":"m","messages":[]}                               | messages
                    {"model":"m","messages":null}                             | messages
                    {"model":"m","messages":"hi"}                             | messages
                    {"model":"m","messages":["hi"]}                           | messages[0]
                    {"model":"m","messages":[{"content":"hi"}]}               | messages[0].role
                    {"model":"m","messages":[{"role":"wizard"}]}              | messages[0].role
                    {"model":"m","messages":[{"role":7}]}                     | messages[0].role
                    {"model":"m","messages":[{"role":"user","content":7}]}    | messages[0].content
                    {"model":"m","messages":[{"role":"user","content":{}}]}   | messages[0].content
                    {"model":"m","messages":[{"role":"user","content":["a"]}]}| messages[0].content[0]
                    {"model":"m","messages":[{"role":"user","content":[{}]}]} | messages[0].content[0].type
                    {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":{}}]}]} | messages[0].content[0].text
                    {"model":"m","messages":[{"role":"user","tool_calls":1}]} | messages[0].tool_calls
                    {"model":"m","stream":"yes"}                              | stream
                    {"model":"m","stream_options":[]}                         | stream_options
                    {"model":"m","stream_options":{"include_usage":1}}        | stream_options.include_usage
                    {"model":"m","n":0}                                       | n
                    {"model":"m","n":129}                                     | n
                    {"model":"m","n":"2"}                                     | n
                    {"model":"m","max_tokens":-1}                             | max_tokens
                    {"model":"m","max_tokens":1.5}                            | max_tokens
                    {"model":"m","max_completion_tokens":"5"}                 | max_completion_tokens
                    {"model":"m","temperature":2.1}                           | temperature
                    {"model":"m","temperature":-0.1}                          | temperature
                    {"model":"m","temperature":1e999}                         | temperature
                    {"model":"m","temperature":true}                          | temperature
                    {"model":"m","top_p":1.01}                                | top_p
                    {"model":"m","seed":99999999999999999999}                 | seed
                    {"model":"m","stop":7}                                    | stop
                    {"model":"m","stop":[7]}                                  | stop
                    {"model":"m","tools":{}}                                  | tools
                    {"model":"m","response_format":"json"}                    | response_format
                    {"model":"m","reasoning_effort":1}                        | reasoning_effort
                    """)
    void namesTheOffendingField(String body, String param) {
        assertThat(invalid(body.getBytes(UTF_8)).param()).contains(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"text\"",
                "{",
                "{\"model\":\"secret",
                "{\"model\":\"secret\"",
                "{\"model\":\"secret\"} x",
                "{\"model\":NaN}",
                "{'model':'secret'}",
                "{\"model\":\"m\",\"temperature\":01}",
                "{\"model\":\"\u0001secret\"}"
            })
    void refusesWhatIsNotAnObjectWithoutQuotingIt(String body) {
        var failure = invalid(body.getBytes(UTF_8));

        assertThat(failure.code()).isEqualTo("invalid_json");
        assertThat(failure.message()).doesNotContain("secret");
    }

    @Test
    void saysWhereTheJsonBreaks() {
        assertThat(invalid("{\"model\":\n  oops}".getBytes(UTF_8)).message())
                .contains("line 2, column")
                .doesNotContain("oops");
    }

    @Test
    void refusesInvalidUtf8() {
        invalid(("{\"model\":\"\u00fc\"," + HELLO + "}").getBytes(ISO_8859_1));
        invalid(("{\"model\":\"m\",\"user\":\"\u00fc\"," + HELLO + "}").getBytes(ISO_8859_1));
        invalid(("{\"model\":\"m\"," + HELLO + "}").getBytes(UTF_16LE));
    }

    @Test
    void skipsAByteOrderMark() {
        var body = "\ufeff{\"model\":\"m\"," + HELLO + "}";

        assertThat(new String(read(body).body().forUpstream("x"), UTF_8))
                .startsWith("{\"model\":\"x\",");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void refusesBombsAtOnce(String name, byte[] body) {
        assertThat(invalid(body).code()).as(name).isEqualTo("invalid_json");
    }

    static Object[][] bombs() {
        return new Object[][] {
            {"2 MB of arrays", ("{\"x\":" + "[".repeat(2 << 20)).getBytes(UTF_8)},
            {"nested objects", ("{\"x\":" + "{\"a\":".repeat(100_000)).getBytes(UTF_8)},
            {"a huge number", ("{\"n\":" + "9".repeat(5 << 20) + "}").getBytes(UTF_8)},
            {"a huge skipped number", ("{\"x\":" + "9".repeat(5 << 20) + "}").getBytes(UTF_8)},
            {"a huge name", ("{\"" + "x".repeat(1 << 20) + "\":1}").getBytes(UTF_8)},
            {"many tokens", ("{\"x\":[" + "1,".repeat(3 << 20) + "1]}").getBytes(UTF_8)},
        };
    }

    @Test
    void keepsLoneSurrogates() {
        var request =
                read(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\\ud83d\"}]}");

        assertThat(request.messages().getFirst().text()).isEqualTo("a\ud83d");
    }

    @Test
    void letsTheLastOfTwoFieldsCount() {
        var request =
                read(
                        "{\"model\":\"a\","
                                + HELLO
                                + ",\"model\":\"b\",\"stream\":true,\"stream\":false}");

        assertThat(request.model()).isEqualTo("b");
        assertThat(request.stream()).isFalse();
        assertThat(new String(request.body().forUpstream("x"), UTF_8))
                .isEqualTo(
                        "{\"model\":\"x\","
                                + HELLO
                                + ",\"model\":\"x\",\"stream\":true,\"stream\":true"
                                + ",\"stream_options\":{\"include_usage\":true}}");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void survivesAnyGarbage(long seed) {
        var random = new Random(seed);
        var body = ("{\"model\":\"m\"," + HELLO + ",\"stop\":[\"x\"],\"n\":1}").getBytes(UTF_8);
        for (int i = 0; i < 300; i++) {
            var garbage = body.clone();
            for (int j = random.nextInt(1, 4); j > 0; j--) {
                garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
            }
            try {
                read(garbage);
            } catch (FailureException e) {
                assertThat(e.failure()).isInstanceOf(InvalidRequest.class);
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @Test
    void refusesToSpliceABodyThatItDidNotRead() {
        var body = RequestBody.of(new byte[] {'{', '}'});

        assertThatThrownBy(() -> body.forUpstream("m")).isInstanceOf(IllegalStateException.class);
    }

    private static InvalidRequest invalid(byte[] body) {
        var invalid = new Optional<?>[] {Optional.empty()};
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> read(body))
                .satisfies(e -> invalid[0] = Optional.of(e.failure()));
        return (InvalidRequest) invalid[0].orElseThrow();
    }

    private static ChatRequest read(String body) {
        return read(body.getBytes(UTF_8));
    }

    private static ChatRequest read(byte[] body) {
        return ChatRequestReader.read(body, new RequestId("req-1"), Tenant.ANONYMOUS);
    }
}
