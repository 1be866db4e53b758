package io.pointsman.api.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorBodyTest {

    @Test
    void writesOpenAisShape() {
        var error = new ErrorBody("a \"b\"", "t", Optional.of("p"), Optional.empty());

        assertThat(new String(error.json(), UTF_8))
                .isEqualTo(
                        "{\"error\":{\"message\":\"a \\\"b\\\"\",\"type\":\"t\",\"param\":\"p\",\"code\":null}}");
        assertThat(ErrorBody.read(error.json())).contains(error);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"error":{"message":"m","type":"t","param":null,"code":"c"}}    | m | t            | c
                    {"error":{"message":"m","code":429,"x":{"message":"n"}}}        | m | server_error | 429
                    {"error":"m"}                                                   | m | server_error |
                    {"object":"error","message":"m","type":"t","code":400}          | m | t            | 400
                    {"detail":"m"}                                                  | m | server_error |
                    {"detail":[{"loc":["body"],"msg":"m"},{"msg":"n"}]}             | m | server_error |
                    """)
    void readsWhatServersWord(String json, String message, String type, String code) {
        var error = ErrorBody.read(json.getBytes(UTF_8)).orElseThrow();

        assertThat(error.message()).isEqualTo(message);
        assertThat(error.type()).isEqualTo(type);
        assertThat(error.code()).isEqualTo(Optional.ofNullable(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"error\":null}",
                "{\"error\":{}}",
                "{\"a\":",
                "{\"detail\":[1]}"
            })
    void readsNothingElse(String body) {
        assertThat(ErrorBody.read(body.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void takesACodeForAStatusWhereItIsOne() {
        assertThat(new ErrorBody("", "", Optional.empty(), Optional.of("503")).status())
                .hasValue(503);
        assertThat(new ErrorBody("", "", Optional.empty(), Optional.of("x")).status()).isEmpty();
        assertThat(new ErrorBody("", "", Optional.empty(), Optional.of("200")).status()).isEmpty();
    }
}
