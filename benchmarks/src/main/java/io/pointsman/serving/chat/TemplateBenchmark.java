package io.pointsman.serving.chat;

import io.pointsman.serving.BundledModels;
import io.pointsman.serving.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A conversation of eleven turns written by ChatML's template and turned into tokens.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TemplateBenchmark {

    private static final String CHAT_ML =
            "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n'"
                    + " + message['content'] | trim + '<|im_end|>' + '\n' }}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private final ChatFormat format =
            ChatFormat.of(
                    CHAT_ML,
                    BundledModels.fast().file().metadata(),
                    BundledModels.fast().tokenizer());
    private final Conversation conversation = Conversation.of(messages());

    private static List<Map<String, Object>> messages() {
        var messages = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < 11; i++) {
            messages.add(
                    Map.of(
                            "role",
                            i % 2 == 0 ? "user" : "assistant",
                            "content",
                            "What is " + i + " + 1? ".repeat(10)));
        }
        return messages;
    }

    /// The prompt's tokens.
    @Benchmark
    public TokenIds render() {
        return format.render(conversation);
    }
}
