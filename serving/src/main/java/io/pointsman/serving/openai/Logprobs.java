package io.pointsman.serving.openai;

import io.pointsman.serving.engine.Token;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Log-probabilities in OpenAI's two forms.
final class Logprobs {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Logprobs() {}

    /// As chat completions tell them.
    static String chat(Tokenizer tokenizer, int id, Token.Logprobs logprobs) {
        var object = MAPPER.createObjectNode();
        var token = describe(object.putArray("content").addObject(), tokenizer, id);
        token.put("logprob", logprobs.chosen());
        var top = token.putArray("top_logprobs");
        for (var alternative : logprobs.top()) {
            describe(top.addObject(), tokenizer, alternative.id())
                    .put("logprob", alternative.logprob());
        }
        return MAPPER.writeValueAsString(object);
    }

    /// As text completions tell them.
    ///
    /// @param offset where the token's text begins in the answer
    static ObjectNode text(Tokenizer tokenizer, int id, Token.Logprobs logprobs, int offset) {
        var object = MAPPER.createObjectNode();
        object.putArray("tokens").add(name(tokenizer, id));
        object.putArray("token_logprobs").add(logprobs.chosen());
        object.putArray("text_offset").add(offset);
        var top = object.putArray("top_logprobs").addObject();
        top.put(name(tokenizer, id), logprobs.chosen());
        for (var alternative : logprobs.top()) {
            top.put(name(tokenizer, alternative.id()), alternative.logprob());
        }
        return object;
    }

    private static ObjectNode describe(ObjectNode node, Tokenizer tokenizer, int id) {
        node.put("token", name(tokenizer, id));
        var bytes = node.putArray("bytes");
        for (byte b : tokenizer.bytes(id)) {
            bytes.add(b & 0xff);
        }
        return node;
    }

    private static String name(Tokenizer tokenizer, int id) {
        return new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
    }
}
