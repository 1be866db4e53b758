package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.RequestId;
import io.pointsman.api.Tenant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RequestBodyTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"ü😀\"}]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model":"auto",M}                        | {"model":"up",M,"stream":true,"stream_options":{"include_usage":true}}
                    {M,"model":"aütö😀","stream":true}         | {M,"model":"up","stream":true,"stream_options":{"include_usage":true}}
                    {"stream": false ,M , "model" : "auto" }  | {"stream": true ,M , "model" : "up" ,"stream_options":{"include_usage":true}}
                    {"stream":null,"model":"a\\"b",M}          | {"stream":true,"model":"up",M,"stream_options":{"include_usage":true}}
                    {"ü":"😀","model":"a",M,"x":1.50}          | {"ü":"😀","model":"up",M,"x":1.50,"stream":true,"stream_options":{"include_usage":true}}
                    {"model":"a",M,"stream_options":null}     | {"model":"up",M,"stream_options":{"include_usage":true},"stream":true}
                    {"model":"a",M,"stream_options":{}}       | {"model":"up",M,"stream_options":{"include_usage":true},"stream":true}
                    {"model":"a",M,"stream_options":{"é":[{}]} }| {"model":"up",M,"stream_options":{"é":[{}],"include_usage":true} ,"stream":true}
                    {"model":"a",M,"stream_options":{"include_usage":false,"x":1}}| {"model":"up",M,"stream_options":{"include_usage":true,"x":1},"stream":true}
                    {"model":"a",M,"stream_options":{"include_usage": null}}| {"model":"up",M,"stream_options":{"include_usage": true},"stream":true}
                    """)
    void changesThreeFieldsAndNothingElse(String body, String expected) {
        assertThat(upstream(body.replace("M", MESSAGES)))
                .isEqualTo(expected.replace("M", MESSAGES));
    }

    @Test
    void keepsNestedFieldsOfTheSameNames() {
        var body =
                "{\"metadata\":{\"model\":\"x\",\"stream\":false},\"model\":\"a\",\"stream\":true,"
                        + MESSAGES
                        + "}";

        assertThat(upstream(body))
                .startsWith("{\"metadata\":{\"model\":\"x\",\"stream\":false},\"model\":\"up\",");
    }

    @Test
    void quotesTheModel() {
        var body = read("{\"model\":\"a\"," + MESSAGES + "}");

        assertThat(new String(body.forUpstream("a\"\n/ü"), UTF_8))
                .startsWith("{\"model\":\"a\\\"\\n/ü\",");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void meansTheSameWhateverTheOrderAndTheBlanks(long seed) {
        var random = new Random(seed);
        var fields =
                new ArrayList<>(
                        java.util.List.of(
                                "\"model\":\"" + "ü😀a".repeat(random.nextInt(1, 9)) + "\"",
                                MESSAGES,
                                "\"ä€\":[1,{\"model\":\"deep\"},\"\\ud83d\"]"));
        if (random.nextBoolean()) {
            fields.add("\"stream\":" + (random.nextBoolean() ? "true" : "false"));
        }
        if (random.nextBoolean()) {
            fields.add("\"stream_options\":{\"é\":7}");
        }
        Collections.shuffle(fields, random);
        var blanks = " \n\r\t".repeat(3);
        var body = new StringBuilder("{");
        for (var field : fields) {
            body.append(body.length() > 1 ? "," : "");
            body.append(blanks, 0, random.nextInt(blanks.length())).append(field);
            body.append(blanks, 0, random.nextInt(blanks.length()));
        }
        body.append('}');

        var sent = tree(upstream(body.toString()));

        var expected = tree(body.toString());
        expected.put("model", "up").put("stream", true);
        var options =
                expected.get("stream_options") instanceof ObjectNode known
                        ? known
                        : expected.putObject("stream_options");
        options.put("include_usage", true);
        assertThat(sent).isEqualTo(expected);
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static ObjectNode tree(String json) {
        return (ObjectNode) JsonMapper.shared().readTree(json);
    }

    private static String upstream(String body) {
        return new String(read(body).forUpstream("up"), UTF_8);
    }

    private static RequestBody read(String body) {
        return ChatRequestReader.read(
                        body.getBytes(UTF_8), new RequestId("req-1"), Tenant.ANONYMOUS)
                .body();
    }
}
