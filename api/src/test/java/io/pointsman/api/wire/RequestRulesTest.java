package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestRules.History;
import io.pointsman.api.wire.RequestRules.SystemRole;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RequestRulesTest {

    private static final String TAIL =
            "\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    private static final String M = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static final RequestRules REASONER =
            rules(
                    Set.of("temperature", "top_p", "logprobs"),
                    Map.of("max_tokens", "max_completion_tokens"),
                    Map.of(),
                    Map.of(),
                    OptionalInt.empty());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model":"m",M,T}                                       | {"model":"m",M,T} |
                    {"model":"m","temperature":0.5,"top_p":1,M,T}           | {"model":"m",M,T} | dropped temperature, top_p
                    { "temperature":0.5 , "top_p":1, "model":"m",M,T}       | { "model":"m",M,T} | dropped temperature, top_p
                    {"model":"m",M,T,"logprobs":true , "top_p":  1.0 }  | {"model":"m",M,T } | dropped logprobs, top_p
                    {"model":"m","max_tokens": 5,M,T,"seed":1}              | {"model":"m","max_completion_tokens": 5,M,T,"seed":1} | renamed max_tokens
                    {"model":"m","max_\\u0074okens":5,M,T}                  | {"model":"m","max_completion_tokens":5,M,T} | renamed max_tokens
                    {"model":"m","max_tokens":5,"max_completion_tokens":6,M,T} | {"model":"m","max_completion_tokens":6,M,T} | dropped max_tokens
                    {"temperature":1,"model":"m","top_p":1,"max_tokens":5,M,"logprobs":null,T} | {"model":"m","max_completion_tokens":5,M,T} | dropped temperature, top_p, logprobs; renamed max_tokens
                    """)
    void whatABackendRefusesIsDroppedOrRenamed(String body, String sent, String changes) {
        assertThat(upstream(body, REASONER)).isEqualTo(full(sent));
        assertThat(read(full(body)).changes(REASONER)).isEqualTo(changes == null ? "" : changes);
    }

    @Test
    void valuesAreSetOrFilledIn() {
        var rules =
                rules(
                        Set.of(),
                        Map.of(),
                        Map.of("top_k", "20", "seed", "1"),
                        Map.of("temperature", "0.6", "top_p", "0.95"),
                        OptionalInt.empty());

        var sent =
                JsonMapper.shared()
                        .readTree(
                                upstream("{\"model\":\"m\",\"seed\":9,\"top_p\":0.5,M,T}", rules));

        assertThat(sent.at("/seed").asInt()).isEqualTo(1);
        assertThat(sent.at("/top_k").asInt()).isEqualTo(20);
        assertThat(sent.at("/top_p").asDouble()).isEqualTo(0.5);
        assertThat(sent.at("/temperature").asDouble()).isEqualTo(0.6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model":"m","max_tokens":5,M,T}               | {"model":"m","max_completion_tokens":5,M,T} | renamed max_tokens
                    {"model":"m","max_tokens":5000,M,T}            | {"model":"m","max_completion_tokens":100,M,T} | renamed max_tokens; bounded max_tokens
                    {"model":"m","max_completion_tokens":99999999999999999999,M,T} | {"model":"m","max_completion_tokens":100,M,T} | bounded max_completion_tokens
                    {"model":"m",M,T}                              | {"model":"m",M,T,"max_completion_tokens":100} | bounded max_completion_tokens
                    """)
    void aBoundOnTokensHoldsForEveryRequest(String body, String sent, String changes) {
        var rules =
                rules(
                        Set.of(),
                        Map.of("max_tokens", "max_completion_tokens"),
                        Map.of(),
                        Map.of(),
                        OptionalInt.of(100));

        assertThat(upstream(body, rules)).isEqualTo(full(sent));
        assertThat(read(full(body)).changes(rules)).isEqualTo(changes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"role":"assistant","content":"a"}                                         | {"role":"assistant","content":"a"}
                    {"role":"assistant","reasoning_content":"é","content":"a"}                 | {"role":"assistant","content":"a"}
                    { "reasoning":"é", "role":"assistant","content":"a"}                       | { "role":"assistant","content":"a"}
                    {"role":"assistant","content":"<think>é</think>\\n\\na"}                   | {"role":"assistant","content":"a"}
                    {"content":" <think>é","tool_calls":[{}],"role":"assistant"}               | {"content":"","tool_calls":[{}],"role":"assistant"}
                    {"role":"assistant","content":"see <think>x</think>"}                      | {"role":"assistant","content":"see <think>x</think>"}
                    {"role":"user","content":"<think>x</think>","reasoning_content":"mine"}    | {"role":"user","content":"<think>x</think>","reasoning_content":"mine"}
                    {"role":"assistant","reasoning":"x","reasoning_details":[1],"content":null,"reasoning_content":""} | {"role":"assistant","content":null}
                    """)
    void t36_earlierThinkingIsStrippedForAModelThatRefusesIt(String turn, String sent) {
        assertThat(withTurn(turn, History.STRIP)).isEqualTo(sent);
        assertThat(withTurn(turn, History.KEEP)).isEqualTo(turn);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"role":"assistant","reasoning_content":"é","content":"a"}   | {"role":"assistant","reasoning_content":"é","content":"a"}
                    {"role":"assistant","reasoning_content":"","content":"a"}    | {"role":"assistant","reasoning_content":"","content":"a"}
                    {"role":"assistant","reasoning":"é","content":"a"}           | {"role":"assistant","reasoning_content":"é","content":"a"}
                    {"role":"assistant","reasoning_content":null,"content":"a"}  | {"role":"assistant","content":"a","reasoning_content":""}
                    {"reasoning_content":null,"reasoning":"é","role":"assistant"}| {"reasoning_content":"é","role":"assistant"}
                    {"role":"assistant","content":"<think>é</think>a"}           | {"role":"assistant","content":"a","reasoning_content":"é"}
                    {"role":"assistant","content":null,"tool_calls":[{}]}        | {"role":"assistant","content":null,"tool_calls":[{}],"reasoning_content":""}
                    {"role":"tool","content":"a"}                                | {"role":"tool","content":"a"}
                    """)
    void t36_earlierThinkingIsEchoedForAModelThatWantsIt(String turn, String sent) {
        assertThat(withTurn(turn, History.ECHO)).isEqualTo(sent);
    }

    /// From the fast model to the reasoner and back: each sees a history that it takes.
    @Test
    void t36_aConversationMaySwitchModelsInBothDirections() {
        var fromFast = "{\"role\":\"assistant\",\"content\":\"a\"}";
        var fromReasoner =
                "{\"role\":\"assistant\",\"reasoning_content\":\"hm\",\"content\":\"b\"}";

        assertThat(withTurn(fromFast, History.ECHO)).contains("\"reasoning_content\":\"\"");
        assertThat(withTurn(fromFast, History.STRIP)).isEqualTo(fromFast);
        assertThat(withTurn(fromReasoner, History.ECHO)).isEqualTo(fromReasoner);
        assertThat(withTurn(fromReasoner, History.STRIP)).doesNotContain("hm");
    }

    @Test
    void t28_everyAttemptStartsFromTheClientsOwnBody() {
        var body = read(full("{\"model\":\"auto\",\"temperature\":1,\"max_tokens\":5,M,T}"));

        var reasoner = new String(body.forUpstream("deep", REASONER), UTF_8);
        var plain = new String(body.forUpstream("fast", RequestRules.NONE), UTF_8);

        assertThat(reasoner).contains("deep").doesNotContain("temperature");
        assertThat(plain)
                .isEqualTo(full("{\"model\":\"fast\",\"temperature\":1,\"max_tokens\":5,M,T}"));
    }

    @ParameterizedTest
    @CsvSource({"DEVELOPER, developer", "SYSTEM, system", "AS_IS, system"})
    void theSystemIsCalledWhatTheBackendKnows(SystemRole rule, String called) {
        var rules =
                new RequestRules(
                        Set.of(),
                        map(Map.of()),
                        map(Map.of()),
                        map(Map.of()),
                        OptionalInt.empty(),
                        History.KEEP,
                        rule,
                        false);
        var body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"%s\",\"content\":\"developer system\"},{\"role\":\"user\",\"content\":\"hi\"}],T}";

        assertThat(upstream(body.formatted("system"), rules))
                .isEqualTo(full(body.formatted(called)));
        if (rule != SystemRole.AS_IS) {
            assertThat(upstream(body.formatted("developer"), rules))
                    .isEqualTo(full(body.formatted(called)));
        }
    }

    @Test
    void usageIsAskedForWithEveryChunk() {
        var rules =
                new RequestRules(
                        Set.of(),
                        map(Map.of()),
                        map(Map.of()),
                        map(Map.of()),
                        OptionalInt.empty(),
                        History.KEEP,
                        SystemRole.AS_IS,
                        true);
        var asked = "\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}";

        assertThat(upstream("{\"model\":\"m\",M,\"stream\":true}", rules)).endsWith(asked + "}");
        assertThat(upstream("{\"model\":\"m\",M,\"stream_options\":{}}", rules)).contains(asked);
        assertThat(
                        upstream(
                                "{\"model\":\"m\",M,\"stream_options\":{\"include_usage\":false,\"continuous_usage_stats\":false}}",
                                rules))
                .contains(asked);
    }

    /// Whatever is in a body: it stays JSON, and what no rule names stays as it is.
    @ParameterizedTest
    @MethodSource("seeds")
    void t38_fieldsThatNoRuleNamesSurvive(long seed) {
        var random = new Random(seed);
        var names =
                new String[] {
                    "temperature",
                    "top_p",
                    "logprobs",
                    "max_tokens",
                    "max_completion_tokens",
                    "seed",
                    "vendor",
                    "stream",
                    "ü"
                };
        var fields = new LinkedHashMap<String, String>();
        for (int i = random.nextInt(9); i > 0; i--) {
            var name = names[random.nextInt(names.length)];
            fields.put(
                    name,
                    name.equals("stream")
                            ? "false"
                            : name.startsWith("max") ? "7" : random.nextBoolean() ? "0" : "1 ");
        }
        fields.put("model", "\"m\"");
        fields.put("messages", "[{\"role\":\"user\",\"content\":\"hi\"}]");
        var body = new StringBuilder("{");
        fields.forEach((name, value) ->
                body.append(body.length() > 1 ? " , " : "")
                        .append('"')
                        .append(name)
                        .append("\" : ")
                        .append(value));
        body.append('}');

        var sent = (ObjectNode) JsonMapper.shared().readTree(upstream(body.toString(), REASONER));

        assertThat(sent.has("temperature") || sent.has("top_p") || sent.has("logprobs")).isFalse();
        assertThat(sent.has("max_tokens")).isFalse();
        assertThat(sent.has("max_completion_tokens"))
                .isEqualTo(
                        fields.containsKey("max_tokens")
                                || fields.containsKey("max_completion_tokens"));
        for (var name : new String[] {"seed", "vendor", "ü"}) {
            assertThat(sent.has(name)).isEqualTo(fields.containsKey(name));
        }
        assertThat(sent.at("/stream").asBoolean()).isTrue();
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    private static RequestRules rules(
            Set<String> drop,
            Map<String, String> rename,
            Map<String, String> set,
            Map<String, String> defaults,
            OptionalInt maxTokens) {
        return new RequestRules(
                drop,
                map(rename),
                map(set),
                map(defaults),
                maxTokens,
                History.KEEP,
                SystemRole.AS_IS,
                false);
    }

    private static SequencedMap<String, String> map(Map<String, String> map) {
        return new LinkedHashMap<>(map);
    }

    private static String withTurn(String turn, History history) {
        var rules =
                new RequestRules(
                        Set.of(),
                        map(Map.of()),
                        map(Map.of()),
                        map(Map.of()),
                        OptionalInt.empty(),
                        history,
                        SystemRole.AS_IS,
                        false);
        var head = "{\"model\":\"m\",\"messages\":[";
        var tail = ",{\"role\":\"user\",\"content\":\"hi\"}],T}";
        var sent = upstream(head + turn + tail, rules);
        return sent.substring(head.length(), sent.length() - full(tail).length());
    }

    private static String upstream(String body, RequestRules rules) {
        var original = read(full(body));
        var name = full(body).contains("\"auto\"") ? "up" : "m";
        return new String(original.forUpstream(name, rules), UTF_8);
    }

    private static String full(String body) {
        return body.replace(",M", "," + M).replace(",T", "," + TAIL);
    }

    private static RequestBody read(String body) {
        return ChatRequestReader.read(body.getBytes(UTF_8), RequestId.random(), Tenant.ANONYMOUS)
                .body();
    }
}
