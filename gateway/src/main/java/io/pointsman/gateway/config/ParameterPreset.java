package io.pointsman.gateway.config;

import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;
import io.pointsman.api.wire.RequestRules.History;
import io.pointsman.api.wire.RequestRules.SystemRole;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// What is known of families of servers: the parameters that they refuse or know by other names,
/// and what they want of earlier thinking.
enum ParameterPreset {
    /// DeepSeek's own API since V4, thinking: each earlier turn must show its thinking, be it
    /// empty.
    DEEPSEEK,
    /// DeepSeek-R1 as its first API served it: earlier thinking is refused.
    DEEPSEEK_R1,
    /// OpenAI's models that reason: o1 and later, GPT-5 and later.
    OPENAI_REASONING,
    /// xAI's models that reason; their thinking is counted beside the completion.
    XAI,
    VLLM,
    LLAMA_CPP;

    private static final Set<String> SAMPLING =
            Set.of(
                    "temperature",
                    "top_p",
                    "presence_penalty",
                    "frequency_penalty",
                    "logprobs",
                    "top_logprobs");

    private static final Map<String, String> TO_MAX_TOKENS =
            Map.of("max_completion_tokens", "max_tokens");

    /// How requests are changed for such a server.
    RequestRules rules() {
        return switch (this) {
            case DEEPSEEK -> rules(SAMPLING, TO_MAX_TOKENS, History.ECHO, SystemRole.SYSTEM);
            case DEEPSEEK_R1 -> rules(SAMPLING, TO_MAX_TOKENS, History.STRIP, SystemRole.SYSTEM);
            case OPENAI_REASONING ->
                    rules(
                            with(SAMPLING, "logit_bias"),
                            Map.of("max_tokens", "max_completion_tokens"),
                            History.STRIP,
                            SystemRole.DEVELOPER);
            case XAI ->
                    rules(
                            Set.of("presence_penalty", "frequency_penalty", "stop"),
                            Map.of(),
                            History.STRIP,
                            SystemRole.SYSTEM);
            case VLLM -> rules(Set.of(), Map.of(), History.KEEP, SystemRole.SYSTEM);
            case LLAMA_CPP -> rules(Set.of(), TO_MAX_TOKENS, History.KEEP, SystemRole.SYSTEM);
        };
    }

    /// How such a server counts thinking.
    ReasoningTokens reasoningTokens() {
        return this == XAI ? ReasoningTokens.ADDED : Defaults.REASONING_TOKENS;
    }

    private RequestRules rules(
            Set<String> drop, Map<String, String> rename, History history, SystemRole systemRole) {
        return new RequestRules(
                drop,
                new LinkedHashMap<>(rename),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                OptionalInt.empty(),
                history,
                systemRole,
                this == VLLM);
    }

    private static Set<String> with(Set<String> names, String more) {
        var all = new HashSet<>(names);
        all.add(more);
        return all;
    }
}
