package io.pointsman.serving.openai;

import io.pointsman.serving.chat.ChatFormat;
import io.pointsman.serving.chat.Conversation;
import io.pointsman.serving.engine.GenerationRequest;
import io.pointsman.serving.model.SamplingParameters;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads the bodies of OpenAI's `/v1/chat/completions` and `/v1/completions`, with vLLM's
/// additions, for one model; immutable. What it does not know it passes over, as those servers do;
/// what it knows and cannot do is refused. Each method throws a [io.pointsman.api.FailureException]
/// with an [io.pointsman.api.Failure.InvalidRequest] that names the field.
public final class CompletionReader {

    private static final int MOST_CHOICES = 128;
    private static final double MOST_SECONDS = 86_400;

    /// What servers call the number of tokens that a request may think: ours, vLLM's, llama.cpp's
    /// and SGLang's names.
    private static final List<String> BUDGETS =
            List.of(
                    "max_thinking_tokens",
                    "thinking_token_budget",
                    "thinking_budget_tokens",
                    "reasoning_budget_tokens",
                    "reasoning_budget",
                    "thinking_budget");

    /// No text has longer tokens throughout; what cannot fit is not even tokenized.
    private static final int MOST_CHARACTERS_PER_TOKEN = 32;

    private final Tokenizer tokenizer;
    private final ChatFormat chatFormat;
    private final int contextLength;
    private final CompletionDefaults defaults;

    /// @param contextLength positions that a sequence may have
    public CompletionReader(
            Tokenizer tokenizer,
            ChatFormat chatFormat,
            int contextLength,
            CompletionDefaults defaults) {
        this.tokenizer = tokenizer;
        this.chatFormat = chatFormat;
        this.contextLength = contextLength;
        this.defaults = defaults;
    }

    /// A chat completion.
    ///
    /// @param seed what randomness goes by where the request does not say
    public CompletionCall chat(byte[] body, long seed) {
        var fields = Fields.read(body);
        var prompt = prompt(fields);
        var builder = GenerationRequest.builder(prompt);
        fields.integer("max_tokens", 1, Integer.MAX_VALUE).ifPresent(builder::maxTokens);
        fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE).ifPresent(builder::maxTokens);
        if (fields.flag("logprobs")) {
            int most = GenerationRequest.MOST_LOGPROBS;
            builder.logprobs(fields.integer("top_logprobs", 0, most).orElse(0));
        }
        return call(fields, builder, seed);
    }

    /// A completion of a text, or of tokens.
    ///
    /// @param seed what randomness goes by where the request does not say
    public CompletionCall text(byte[] body, long seed) {
        var fields = Fields.read(body);
        if (fields.flag("echo")) {
            throw Fields.unsupported("echo", "echo is not supported: leave it out.");
        }
        if (fields.value("suffix").isPresent()) {
            throw Fields.unsupported("suffix", "suffix is not supported: leave it out.");
        }
        var builder = GenerationRequest.builder(textPrompt(fields));
        builder.maxTokens(fields.integer("max_tokens", 1, Integer.MAX_VALUE).orElse(16));
        fields.integer("logprobs", 0, GenerationRequest.MOST_LOGPROBS).ifPresent(builder::logprobs);
        return call(fields, builder, seed);
    }

    /// The tokens of a `/tokenize` call: those of `prompt`, or of `messages` as the model gets
    /// them.
    public TokenIds tokenize(byte[] body) {
        var fields = Fields.read(body);
        return fields.value("messages").isPresent()
                ? prompt(fields)
                : tokenizer.encodeTemplate(checked(fields.text("prompt")));
    }

    /// The text of a `/detokenize` call's `tokens`.
    public String detokenize(byte[] body) {
        var fields = Fields.read(body);
        if (fields.value("tokens").isEmpty()) {
            throw Fields.missing("tokens");
        }
        return tokenizer.decode(ids(fields.integers("tokens"), "tokens"));
    }

    private CompletionCall call(Fields fields, GenerationRequest.Builder builder, long seed) {
        int choices = fields.integer("n", 1, MOST_CHOICES).orElse(1);
        if (fields.integer("best_of", 1, MOST_CHOICES).orElse(choices) != choices) {
            throw Fields.unsupported("best_of", "best_of is not supported: leave it out.");
        }
        builder.choices(choices)
                .sampling(sampling(fields, seed))
                .stop(fields.texts("stop").stream().filter(text -> !text.isEmpty()).toList())
                .stopTokens(Set.copyOf(fields.integers("stop_token_ids")))
                .priority(fields.integer("priority", Integer.MIN_VALUE, 1 << 30).orElse(0))
                .cacheSalt(fields.text("cache_salt").orElse(""))
                .repetitionGuard(fields.integer("repetition_guard", 0, 1000).orElse(0));
        if (fields.flag("ignore_eos")) {
            builder.ignoreEnd();
        }
        fields.number("timeout", 0.001, MOST_SECONDS)
                .ifPresent(seconds -> builder.deadline(Duration.ofMillis((long) (seconds * 1000))));
        keepToFormat(fields, builder);
        limitThinking(fields, builder);
        var options = fields.object("stream_options");
        return new CompletionCall(
                fields.text("model").orElse(""),
                builder.build(),
                fields.flag("stream"),
                options.map(object -> object.flag("include_usage")).orElse(false));
    }

    private SamplingParameters sampling(Fields fields, long seed) {
        var base = defaults.sampling();
        double topP = fields.number("top_p", 0, 1).orElse(base.topP());
        double temperature = fields.number("temperature", 0, 2).orElse(base.temperature());
        int topK = fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(base.topK());
        return base.withTemperature(topP == 0 ? 0 : temperature)
                .withCuts(
                        Math.max(0, topK),
                        topP == 0 ? 1 : topP,
                        fields.number("min_p", 0, 1).orElse(base.minP()))
                .withPenalties(
                        fields.number("repetition_penalty", 0.01, 100)
                                .orElse(base.repetitionPenalty()),
                        fields.number("presence_penalty", -2, 2).orElse(base.presencePenalty()),
                        fields.number("frequency_penalty", -2, 2).orElse(base.frequencyPenalty()))
                .withLogitBias(logitBias(fields))
                .withSeed(fields.seed("seed").orElse(seed));
    }

    private Map<Integer, Float> logitBias(Fields fields) {
        var biases = new HashMap<Integer, Float>();
        var object = fields.object("logit_bias");
        if (object.isPresent()) {
            for (var entry : object.get().object().properties()) {
                var bias = entry.getValue();
                boolean id = entry.getKey().matches("[0-9]{1,9}");
                Fields.check(
                        id
                                && bias.isNumber()
                                && Math.abs(bias.doubleValue()) <= 100
                                && Integer.parseInt(entry.getKey()) < tokenizer.size(),
                        "logit_bias",
                        "a map from ids of the model's %d tokens to numbers from -100 to 100"
                                .formatted(tokenizer.size()));
                biases.put(Integer.valueOf(entry.getKey()), bias.floatValue());
            }
        }
        return biases;
    }

    private static void keepToFormat(Fields fields, GenerationRequest.Builder builder) {
        var type = fields.object("response_format").flatMap(format -> format.text("type"));
        switch (type.orElse("text")) {
            case "text" -> {}
            case "json_object" -> builder.json();
            default ->
                    throw Fields.unsupported(
                            "response_format",
                            "response_format can be text or json_object here; schemas are not"
                                    + " supported.");
        }
    }

    private void limitThinking(Fields fields, GenerationRequest.Builder builder) {
        fields.text("reasoning_effort")
                .map(defaults.efforts()::get)
                .ifPresent(builder::thinkingBudget);
        fields.object("thinking")
                .ifPresent(thinking -> {
                    if (thinking.text("type").orElse("").equals("disabled")) {
                        builder.thinkingBudget(0);
                    }
                    limit(thinking, "budget_tokens", builder);
                });
        fields.object("custom_params")
                .ifPresent(custom -> limit(custom, "thinking_budget", builder));
        BUDGETS.forEach(name -> limit(fields, name, builder));
    }

    /// -1 is llama.cpp's word for no limit.
    private static void limit(Fields fields, String name, GenerationRequest.Builder builder) {
        var budget = fields.integer(name, -1, Integer.MAX_VALUE);
        if (budget.isPresent() && budget.getAsInt() >= 0) {
            builder.thinkingBudget(budget.getAsInt());
        }
    }

    private TokenIds prompt(Fields fields) {
        var messages = fields.objects("messages");
        if (messages.isEmpty()) {
            throw Fields.missing("messages");
        }
        for (int i = 0; i < messages.size(); i++) {
            Fields.check(
                    messages.get(i).get("role") instanceof String,
                    "messages[%d].role".formatted(i),
                    "a string");
        }
        checkLength(fields.value("messages").map(JsonNode::toString).orElse(""), "messages");
        if (chatFormat.wantsArgumentsAsObjects()) {
            messages.forEach(CompletionReader::parseArguments);
        }
        var variables = fields.object("chat_template_kwargs").map(Fields::map).orElse(Map.of());
        var known = new HashMap<String, Object>(variables);
        known.values().removeIf(value -> value == null);
        try {
            return chatFormat.render(new Conversation(messages, fields.objects("tools"), known));
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(
                    "The model cannot answer this conversation: %s.".formatted(e.getMessage()),
                    "invalid_value",
                    "messages");
        }
    }

    /// Turns the arguments of earlier tool calls, which clients send as text, into objects.
    @SuppressWarnings("unchecked") // What was read from JSON has strings for keys.
    private static void parseArguments(Map<String, Object> message) {
        if (message.get("tool_calls") instanceof List<?> calls) {
            for (var call : calls) {
                if (call instanceof Map<?, ?> map
                        && map.get("function") instanceof Map<?, ?> function
                        && function.get("arguments") instanceof String text) {
                    Fields.parse(text)
                            .ifPresent(arguments ->
                                    ((Map<String, Object>) function).put("arguments", arguments));
                }
            }
        }
    }

    private TokenIds textPrompt(Fields fields) {
        var prompt = fields.value("prompt").orElseThrow(() -> Fields.missing("prompt"));
        if (prompt.isString()) {
            return encode(prompt.stringValue());
        }
        Fields.check(prompt.isArray() && !prompt.isEmpty(), "prompt", "a string or token ids");
        if (prompt.size() == 1 && prompt.get(0).isString()) {
            return encode(prompt.get(0).stringValue());
        }
        if (prompt.get(0).isString() || prompt.get(0).isArray()) {
            throw Fields.unsupported("prompt", "Send one prompt with each call.");
        }
        return ids(fields.integers("prompt"), "prompt");
    }

    private TokenIds encode(String prompt) {
        return tokenizer.encodeTemplate(checked(Optional.of(prompt)));
    }

    private String checked(Optional<String> prompt) {
        var text = prompt.orElseThrow(() -> Fields.missing("prompt"));
        checkLength(text, "prompt");
        Fields.check(!text.isEmpty(), "prompt", "not empty");
        return text;
    }

    private void checkLength(String text, String name) {
        if (text.length() > (long) MOST_CHARACTERS_PER_TOKEN * contextLength) {
            throw Fields.invalid(
                    "%s has %d characters, far more than the context of %d tokens holds."
                            .formatted(name, text.length(), contextLength),
                    "context_length_exceeded",
                    name);
        }
    }

    private TokenIds ids(List<Integer> ids, String name) {
        Fields.check(
                ids.stream().allMatch(id -> id >= 0 && id < tokenizer.size()),
                name,
                "ids of the model's %d tokens".formatted(tokenizer.size()));
        return TokenIds.of(ids.stream().mapToInt(Integer::intValue).toArray());
    }
}
