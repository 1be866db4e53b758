package io.pointsman.policies;

import io.pointsman.api.RoutingContext;
import java.util.List;

/// Something that a request must be for a rule to match. A pure value.
public sealed interface Condition
        permits DifficultyAtLeast,
                DifficultyBelow,
                TenantIn,
                ModelIn,
                PromptTokensAtLeast,
                PromptTokensBelow,
                Tools,
                Images,
                Structured,
                ReasoningEffortIn {

    /// Whether it holds for `context`.
    boolean holds(RoutingContext context);

    /// Why it holds for `context`, in words of ASCII. Only asked where it does.
    String reason(RoutingContext context);

    /// Whether `other` holds wherever this one does.
    default boolean implies(Condition other) {
        return equals(other);
    }

    /// A scored difficulty of at least `threshold`.
    static Condition difficultyAtLeast(double threshold) {
        return new DifficultyAtLeast(threshold);
    }

    /// A scored difficulty below `threshold`.
    static Condition difficultyBelow(double threshold) {
        return new DifficultyBelow(threshold);
    }

    /// A tenant that is one of `names`.
    static Condition tenantIn(List<String> names) {
        return new TenantIn(names);
    }

    /// A request for one of the model `names`, as the client wrote it.
    static Condition modelIn(List<String> names) {
        return new ModelIn(names);
    }

    /// An estimate of at least `tokens` prompt tokens.
    static Condition promptTokensAtLeast(int tokens) {
        return new PromptTokensAtLeast(tokens);
    }

    /// An estimate of fewer than `tokens` prompt tokens.
    static Condition promptTokensBelow(int tokens) {
        return new PromptTokensBelow(tokens);
    }

    /// A request that offers tools, or one that does not.
    static Condition tools(boolean wanted) {
        return new Tools(wanted);
    }

    /// A request with parts that are not text, or one without.
    static Condition images(boolean wanted) {
        return new Images(wanted);
    }

    /// A request for JSON, or one without.
    static Condition structured(boolean wanted) {
        return new Structured(wanted);
    }

    /// A request that names one of `efforts`.
    static Condition reasoningEffortIn(List<String> efforts) {
        return new ReasoningEffortIn(efforts);
    }
}
