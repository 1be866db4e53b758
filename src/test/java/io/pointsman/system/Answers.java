package io.pointsman.system;

import static io.pointsman.backends.FakeUpstream.chunk;
import static io.pointsman.backends.FakeUpstream.finish;
import static io.pointsman.backends.FakeUpstream.usage;

import io.pointsman.backends.FakeUpstream.Reply;

/// What scripted servers answer.
final class Answers {

    /// A plain answer: "Hello there", of 9 prompt and 5 completion tokens.
    static final Reply PLAIN =
            Reply.events(
                    chunk("{\"role\":\"assistant\",\"content\":\"\"}"),
                    chunk("{\"content\":\"Hello \"}"),
                    chunk("{\"content\":\"there\"}"),
                    finish("stop"),
                    usage(9, 5, 0),
                    "[DONE]");

    /// An answer that thinks "let me see" between tags and then says "It is 42.".
    static final Reply THINKING =
            Reply.events(
                    chunk("{\"role\":\"assistant\",\"content\":\"\"}"),
                    chunk("{\"content\":\"<think>let me\"}"),
                    chunk("{\"content\":\" see</think>\\n\\n\"}"),
                    chunk("{\"content\":\"It is \"}"),
                    chunk("{\"content\":\"42.\"}"),
                    finish("stop"),
                    usage(10, 20, 15),
                    "[DONE]");

    private Answers() {}

    /// An answer that says `text`, which needs no escape in JSON, in 10 prompt and 100 completion
    /// tokens.
    static Reply saying(String text) {
        return Reply.events(
                chunk("{\"content\":\"" + text + "\"}"),
                finish("stop"),
                usage(10, 100, 0),
                "[DONE]");
    }
}
