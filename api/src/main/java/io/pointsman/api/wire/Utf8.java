package io.pointsman.api.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Checks bytes for being UTF-8 as [RFC 3629](https://www.rfc-editor.org/rfc/rfc3629) has it. JSON
/// parsers let overlong forms pass, which the next server may read as another text.
final class Utf8 {

    private static final int CHARACTERS_AT_A_TIME = 4096;

    private Utf8() {}

    /// Where `bytes` stop being UTF-8, or -1 where they are to the end.
    static int firstMalformed(byte[] bytes) {
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(CHARACTERS_AT_A_TIME);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isError()) {
                return in.position();
            }
            if (result.isUnderflow()) {
                return -1;
            }
            out.clear();
        }
    }
}
