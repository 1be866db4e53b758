package io.pointsman.serving.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.serving.TinyModel;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonGrammarTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.from(Gguf.of(TinyModel.tokenizer(new GgufWriter()).bytes()).metadata());
    private static final JsonGrammar.Vocabulary VOCABULARY = JsonGrammar.Vocabulary.of(TOKENIZER);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \n{ \"a\" : 1 }\n",
                "{\"a\":[],\"b\":{},\"c\":[1,-2.5e+7,0,0.5,1E3,true,false,null,\"\"]}",
                "{\"ü😀\":\"\\u00fc\\n\\\"\\\\\\/\",\"x\":[[[{\"y\":[]}]]]}",
                "{\"a\":-0}",
            })
    void takesWhatIsAnObject(String json) {
        assertThat(accepted(json)).isEqualTo(json.getBytes(UTF_8).length);
        assertThat(complete(json)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "1",
                "\"",
                "x",
                "{a",
                "{\"a\"1",
                "{\"a\":}",
                "{\"a\":01",
                "{\"a\":1.}",
                "{\"a\":1,}",
                "{\"a\":[1,]",
                "{\"a\":[}",
                "{\"a\":\"\\x",
                "{\"a\":\"\\u12g",
                "{\"a\":tru}",
                "{\"a\":+",
                "{\"a\":\"\n",
                "{\"a\":1 2",
                "{}{",
                "{\"a\":1e}",
                "{\"a\":--",
                "{\"a\":.",
            })
    void refusesTheFirstByteThatIsWrong(String json) {
        assertThat(accepted(json)).isEqualTo(json.getBytes(UTF_8).length - 1);
    }

    @Test
    void boundsBlanksAndDepth() {
        assertThat(accepted(" ".repeat(100))).isLessThan(50);
        assertThat(accepted("{\"a\":" + "[".repeat(200))).isLessThan(80);
    }

    @Test
    void nothingButTheEndFollowsTheObject() {
        var grammar = VOCABULARY.grammar();
        for (byte b : "{}".getBytes(UTF_8)) {
            grammar.accept(b);
        }

        assertThat(allowed(grammar)).containsExactlyInAnyOrder(' ', '\n', '\t', '\r', 260);
    }

    /// Whoever draws at random from what is allowed, and hurries to the end, writes valid JSON.
    @ParameterizedTest
    @MethodSource("seeds")
    void r6WhateverIsDrawnIsValid(long seed) {
        var random = new Random(seed);
        var grammar = VOCABULARY.grammar();
        var output = new ByteArrayOutputStream();
        while (true) {
            var allowed = allowed(grammar);
            assertThat(allowed).isNotEmpty();
            if (contains(allowed, TinyModel.END)) {
                break;
            }
            int next = allowed[random.nextInt(allowed.length)];
            if (output.size() > 200) {
                for (char closer : "}]\"".toCharArray()) {
                    next = contains(allowed, closer) ? closer : next;
                }
            }
            // Bytes that are no text would be replaced when they are decoded.
            if (next < 0x80) {
                output.write(next);
                grammar.accept(next);
            }
        }

        var json = JsonMapper.shared().readTree(output.toString(UTF_8));
        assertThat(json.isObject()).isTrue();
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static boolean contains(int[] ids, int id) {
        return IntStream.of(ids).anyMatch(each -> each == id);
    }

    /// How many bytes are taken before the first that is not allowed.
    private static int accepted(String json) {
        var grammar = VOCABULARY.grammar();
        int count = 0;
        for (byte b : json.getBytes(UTF_8)) {
            if (!contains(allowed(grammar), b & 0xff)) {
                return count;
            }
            grammar.accept(b & 0xff);
            count++;
        }
        return count;
    }

    private static boolean complete(String json) {
        var grammar = VOCABULARY.grammar();
        for (byte b : json.getBytes(UTF_8)) {
            grammar.accept(b & 0xff);
        }
        return contains(allowed(grammar), TinyModel.END);
    }

    private static int[] allowed(JsonGrammar grammar) {
        var mask = grammar.allowed();
        return IntStream.range(0, TOKENIZER.size())
                .filter(id -> (mask[id >> 6] >>> id & 1) != 0)
                .toArray();
    }
}
