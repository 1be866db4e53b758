package io.pointsman.serving.chat;

import io.pointsman.serving.chat.jinja.Template;
import io.pointsman.serving.gguf.Metadata;
import io.pointsman.serving.tokenizer.TokenIds;
import io.pointsman.serving.tokenizer.Tokenizer;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A chat template in Jinja, as a model's file has it.
///
/// It sees what `transformers` gives it: `messages`, `tools` (none if there are none),
/// `add_generation_prompt`, `bos_token` and `eos_token`, and the client's `chat_template_kwargs`.
/// What the client does not set stays undefined, so nothing switches thinking off by itself.
/// `force_thinking` is for us: the answer begins inside a thought, whatever the template does.
///
/// @param wantsArgumentsAsObjects found out by trying, as llama.cpp does
record TemplateFormat(
        Template template,
        Tokenizer tokenizer,
        String beginning,
        String end,
        boolean wantsArgumentsAsObjects,
        InstantSource clock)
        implements ChatFormat {

    private static final String FORCE_THINKING = "force_thinking";
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private static final Set<String> ROLES =
            Set.of("system", "developer", "user", "assistant", "tool", "function", "ipython");

    /// What a model said earlier may have these, and templates look for them.
    private static final Set<String> THINKING = Set.of(OPEN, CLOSE);

    static TemplateFormat of(
            String source, Metadata metadata, Tokenizer tokenizer, InstantSource clock) {
        var format =
                new TemplateFormat(
                        Template.parse(source),
                        tokenizer,
                        name(metadata, tokenizer, "tokenizer.ggml.bos_token_id"),
                        name(metadata, tokenizer, "tokenizer.ggml.eos_token_id"),
                        false,
                        clock);
        boolean objects =
                !format.showsArguments("{\"zq\": 7}") && format.showsArguments(Map.of("zq", 7));
        return new TemplateFormat(
                format.template, tokenizer, format.beginning, format.end, objects, clock);
    }

    /// Whether arguments of a tool call come out as JSON.
    private boolean showsArguments(Object arguments) {
        var call =
                Map.of(
                        "id", "call00000",
                        "type", "function",
                        "function", Map.of("name", "f", "arguments", arguments));
        var message = new HashMap<String, @Nullable Object>();
        message.put("role", "assistant");
        message.put("content", "");
        message.put("tool_calls", List.of(call));
        try {
            return write(Conversation.of(List.of(Map.of("role", "user", "content", "x"), message)))
                    .contains("{\"zq\"");
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static String name(Metadata metadata, Tokenizer tokenizer, String key) {
        var id = metadata.integer(key);
        return id.isPresent() && id.getAsInt() >= 0 && id.getAsInt() < tokenizer.size()
                ? tokenizer.decode(TokenIds.of(id.getAsInt()))
                : "";
    }

    @Override
    public TokenIds render(Conversation conversation) {
        var text = write(conversation);
        if (Boolean.TRUE.equals(conversation.variables().get(FORCE_THINKING))
                && text.lastIndexOf(OPEN) <= text.lastIndexOf(CLOSE)) {
            text += OPEN + "\n";
        }
        return tokenizer.encodeTemplate(text);
    }

    private String write(Conversation conversation) {
        var variables = new HashMap<String, @Nullable Object>();
        conversation
                .variables()
                .forEach((name, value) -> variables.put(name, quoted(value, Set.of())));
        variables.put("messages", conversation.messages().stream().map(this::message).toList());
        variables.put(
                "tools",
                conversation.tools().isEmpty() ? null : quoted(conversation.tools(), Set.of()));
        variables.putIfAbsent("add_generation_prompt", true);
        variables.put("bos_token", beginning);
        variables.put("eos_token", end);
        return template.render(variables, LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    private Map<String, @Nullable Object> message(Map<String, Object> message) {
        var names = "assistant".equals(message.get("role")) ? THINKING : Set.<String>of();
        var quoted = new LinkedHashMap<String, @Nullable Object>();
        message.forEach((key, value) ->
                quoted.put(
                        tokenizer.quote(key, Set.of()),
                        switch (key) {
                            case "role" -> role(value);
                            case "content" -> quoted(text(value), names);
                            default -> quoted(value, names);
                        }));
        return quoted;
    }

    /// A role, which templates write into names of control tokens.
    private @Nullable Object role(@Nullable Object role) {
        return role instanceof String text && !ROLES.contains(text)
                ? tokenizer.quoteEverywhere(text)
                : role;
    }

    /// Content in parts as one text: templates know of parts only where models see more than text.
    private static @Nullable Object text(@Nullable Object content) {
        if (!(content instanceof List<?> parts)) {
            return content;
        }
        var texts = new ArrayList<String>();
        for (var part : parts) {
            if (part instanceof Map<?, ?> map && map.get("text") instanceof String text) {
                texts.add(text);
            } else {
                throw new IllegalArgumentException("it takes text alone, no images or other parts");
            }
        }
        return String.join("\n", texts);
    }

    /// A value without names of control tokens, but for `names`.
    private @Nullable Object quoted(@Nullable Object value, Set<String> names) {
        return switch (value) {
            case String text -> tokenizer.quote(text, names);
            case List<?> items -> {
                var quoted = new ArrayList<@Nullable Object>(items.size());
                items.forEach(item -> quoted.add(quoted(item, names)));
                yield quoted;
            }
            case Map<?, ?> entries -> {
                var quoted = new LinkedHashMap<Object, @Nullable Object>();
                entries.forEach((key, entry) ->
                        quoted.put(
                                tokenizer.quote(key.toString(), Set.of()), quoted(entry, names)));
                yield quoted;
            }
            case null, default -> value;
        };
    }
}
