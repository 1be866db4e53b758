package io.pointsman.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufWriter;
import io.pointsman.serving.model.RunnerLimits;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How thinking is told from the answer, and how it is kept within its budget; by the numbers of
/// docs/serving.md.
class ThinkingTest {

    private static final String OPENED = "<user>q<asst><think>";
    private static final String UNOPENED = "<user>q<asst>";

    /// What a reader was given.
    private record Answer(String reasoning, String content, FinishReason reason, Usage usage) {}

    /// The cases of vLLM's tests of its parser for DeepSeek-R1, for a template that opens the
    /// thinking and for one that leaves it to the model.
    @ParameterizedTest
    @CsvSource(
            nullValues = "NULL",
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "O|This is a reasoning section</think>This is the rest|This is a reasoning section|This is the rest",
                "O|This is a reasoning section</think>|This is a reasoning section|NULL",
                "O|This is content|This is content|NULL",
                "O|This~That</think>This is the rest~That|This~That|This is the rest~That",
                "O|</think>This is the rest|NULL|This is the rest",
                "O|</think>|NULL|NULL",
                "O|<think>This is a reasoning section</think>This is the rest|This is a reasoning section|This is the rest",
                "U|<think>This is a reasoning section</think>This is the rest|This is a reasoning section|This is the rest",
                "U|<think>This is a reasoning section</think>|This is a reasoning section|NULL",
                "U|<think>This~That</think>This is the rest~That|This~That|This is the rest~That",
                "U|</think>This is the rest|NULL|This is the rest",
                "U|<think></think>This is the rest|NULL|This is the rest",
                "U|<think></think>|NULL|NULL",
                "U|<think>This is a reasoning section|This is a reasoning section|NULL",
                "U|NULL|NULL|NULL",
                "U|~<think>This is a reasoning section</think>~This is the rest|This is a reasoning section|~This is the rest",
            })
    void r1r2ThinkingIsSplitWhoeverOpensIt(
            String template, String output, String reasoning, String content) {
        var prompt = template.equals("O") ? OPENED : UNOPENED;

        for (var tokenizer : List.of(Load.TOKENIZER, withoutThinkTokens())) {
            var answer = answer(tokenizer, prompt, text(output), request -> request);
            boolean tokens = tokenizer.special("<think>").isPresent();

            assertThat(answer.reasoning()).isEqualTo(text(reasoning));
            if (tokens || template.equals("O") || text(output).startsWith("<think>")) {
                assertThat(answer.content()).isEqualTo(text(content));
            }
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<user>q<asst><think>|true",
                "<user>q<asst>|false",
                "<user>q<asst><think></think>|false",
                "<asst><think>hm</think>tool<user>q<asst>|false",
                "<user>what is </think>?<asst><think>|true",
            })
    void r3ThePromptSaysWhetherTheModelThinks(String prompt, boolean thinking) {
        var answer = answer(Load.TOKENIZER, prompt, "x", request -> request);

        assertThat(answer.reasoning()).isEqualTo(thinking ? "x" : "");
        assertThat(answer.content()).isEqualTo(thinking ? "" : "x");
    }

    @Test
    void r5AThinkingIsClosedWhenItsBudgetIsSpent() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        OPENED,
                        "abcdefghijkl",
                        request -> request.thinkingBudget(5));

        assertThat(answer.reasoning()).isEqualTo("abcde");
        // The script goes by position: the closing tag took the place of an f.
        assertThat(answer.content()).isEqualTo("ghijkl");
        assertThat(answer.usage().reasoningTokens()).isEqualTo(5);
        assertThat(answer.usage().completionTokens()).isEqualTo(13);
    }

    @Test
    void r5ABudgetOfNothingClosesAtOnce() {
        var answer = answer(Load.TOKENIZER, OPENED, "abcdef", request -> request.thinkingBudget(0));

        assertThat(answer.reasoning()).isEmpty();
        assertThat(answer.content()).isEqualTo("bcdef");
        assertThat(answer.usage().reasoningTokens()).isZero();
    }

    @Test
    void r5AMessageCanGoBeforeTheClosingTag() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        EngineOptions.DEFAULT.withThinkingMessage(" Time is up."),
                        OPENED,
                        "abcdefghijklmnopqrstuvwxyz",
                        request -> request.thinkingBudget(3));

        assertThat(answer.reasoning()).isEqualTo("abc Time is up.");
        assertThat(answer.content()).isEqualTo("qrstuvwxyz");
    }

    @Test
    void r5ACharacterThatHasBegunIsFinishedFirst() {
        var answer =
                answer(Load.TOKENIZER, OPENED, "a😀bcdef", request -> request.thinkingBudget(3));

        assertThat(answer.reasoning()).isEqualTo("a😀");
        assertThat(answer.content()).isEqualTo("cdef");
    }

    @Test
    void r5AThinkingThatEndsInTimeIsLeftAlone() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        OPENED,
                        "abc</think>def",
                        request -> request.thinkingBudget(100));

        assertThat(answer.reasoning()).isEqualTo("abc");
        assertThat(answer.content()).isEqualTo("def");
    }

    @Test
    void r5WhatTheModelOpensHasABudgetToo() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        UNOPENED,
                        "<think>abcdefgh",
                        request -> request.thinkingBudget(2));

        assertThat(answer.reasoning()).isEqualTo("ab");
        assertThat(answer.content()).isEqualTo("defgh");
    }

    @Test
    void r5TagsInTheTextHaveABudgetToo() {
        var answer =
                answer(
                        withoutThinkTokens(),
                        UNOPENED,
                        "<think>abcdefghijklmnop",
                        request -> request.thinkingBudget(2));

        assertThat(answer.reasoning()).isEqualTo("ab");
        assertThat(answer.content()).isEqualTo("klmnop");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 40, 400})
    void r5AnAnswerIsLeftRoomFor(int maxTokens) {
        var answer =
                answer(
                        Load.TOKENIZER,
                        OPENED,
                        "z".repeat(1000),
                        request -> request.maxTokens(maxTokens));

        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.content()).hasSize(Math.max(1, maxTokens / 4));
        assertThat(answer.usage().completionTokens()).isEqualTo(maxTokens);
    }

    @Test
    void r5WhereThereIsNoRoomForAnAnswerTheEndSaysSo() {
        var answer = answer(Load.TOKENIZER, OPENED, "zzzz", request -> request.maxTokens(1));

        assertThat(answer.content()).isEmpty();
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aModelThatDoesNotThinkIsNotCut() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        UNOPENED,
                        "abcdefgh",
                        request -> request.thinkingBudget(0).maxTokens(6));

        assertThat(answer.content()).isEqualTo("abcdef");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void r7NoTagIsEverLeaked(long seed) {
        var random = new Random(seed);
        var tokenizer = withoutThinkTokens();
        var parts = List.of("<think>", "</think>", "<thi", "</", "a", "\n", "x > y", "ü");
        var output = new StringBuilder("<think>");
        for (int i = random.nextInt(6); i > 0; i--) {
            output.append(parts.get(2 + random.nextInt(parts.size() - 2)));
        }
        var thought = output.substring("<think>".length());
        output.append("</think>answer");

        var answer = answer(tokenizer, UNOPENED, output.toString(), request -> request);

        assertThat(answer.reasoning()).isEqualTo(thought);
        assertThat(answer.content()).isEqualTo("answer");
    }

    @Test
    void aLoopInAThoughtEndsTheThought() {
        var loop = "wait, no. ".repeat(50);

        var guarded = answer(Load.TOKENIZER, OPENED, loop, request -> request.repetitionGuard(4));
        var unguarded = answer(Load.TOKENIZER, OPENED, loop, request -> request);

        assertThat(guarded.reasoning()).isEqualTo("wait, no. ".repeat(4));
        assertThat(unguarded.reasoning()).hasSizeGreaterThan(400 * 3 / 4);
    }

    @Test
    void aLoopInAnAnswerEndsIt() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        UNOPENED,
                        "so: " + "ab".repeat(200),
                        request -> request.repetitionGuard(8));

        assertThat(answer.content()).isEqualTo("so: " + "ab".repeat(8));
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void whatEndsTheAnswerMayBeThought() {
        var answer =
                answer(
                        Load.TOKENIZER,
                        OPENED,
                        "a STOP b</think>c STOP d",
                        request -> request.stop(List.of("STOP")));

        assertThat(answer.reasoning()).isEqualTo("a STOP b");
        assertThat(answer.content()).isEqualTo("c ");
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static String text(String cell) {
        return cell == null ? "" : cell.replace('~', '\n');
    }

    private static Answer answer(
            Tokenizer tokenizer,
            String prompt,
            String output,
            UnaryOperator<GenerationRequest.Builder> refine) {
        return answer(tokenizer, EngineOptions.DEFAULT, prompt, output, refine);
    }

    private static Answer answer(
            Tokenizer tokenizer,
            EngineOptions options,
            String prompt,
            String output,
            UnaryOperator<GenerationRequest.Builder> refine) {
        var ids = tokenizer.encodeTemplate(prompt);
        var script = new ArrayList<Integer>();
        var said = tokenizer.encodeTemplate(output);
        for (int i = 0; i < said.size(); i++) {
            script.add(said.get(i));
        }
        int end = tokenizer.special("<eos>").orElseThrow();
        var limits = new RunnerLimits(4096, tokenizer.size(), 4, 64, 8);
        var runner =
                new ScriptedRunner(
                        limits,
                        position ->
                                position - ids.size() < script.size()
                                        ? script.get(position - ids.size())
                                        : end);
        var engine =
                new Engine(
                        runner,
                        tokenizer,
                        options.withSteps(4, 64, 8).withKvCacheBytes(1024),
                        EngineListener.NONE,
                        System::nanoTime,
                        "test");
        var request = refine.apply(GenerationRequest.builder(ids)).build();
        var reader = Reader.of(engine.submit(request));
        while (engine.turn()) {
            engine.checkIntegrity();
        }
        var tokens = reader.tokens();
        var last = tokens.getLast().end().orElseThrow();
        return new Answer(
                Reader.text(tokens, true), Reader.text(tokens, false), last.reason(), last.usage());
    }

    /// A vocabulary of bytes and a few control tokens, none of which is a think tag.
    private static Tokenizer withoutThinkTokens() {
        var tokens = new ArrayList<String>();
        var types = new ArrayList<Integer>();
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
            tokens.add(String.valueOf(prints ? (char) b : next++));
            types.add(1);
        }
        for (var control : List.of("<user>", "<asst>", "<eos>")) {
            tokens.add(control);
            types.add(3);
        }
        return Tokenizer.from(
                Gguf.of(
                                new GgufWriter()
                                        .put("tokenizer.ggml.model", "gpt2")
                                        .put("tokenizer.ggml.pre", "qwen2")
                                        .put("tokenizer.ggml.tokens", tokens)
                                        .put("tokenizer.ggml.token_type", types)
                                        .put("tokenizer.ggml.merges", List.of())
                                        .put("tokenizer.ggml.eos_token_id", 258)
                                        .bytes())
                        .metadata());
    }
}
