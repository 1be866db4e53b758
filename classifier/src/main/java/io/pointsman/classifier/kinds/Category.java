package io.pointsman.classifier.kinds;

import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
import java.util.List;

/// The classes of the model of kinds: what people ask of assistants, each with its tier and its
/// task type.
public enum Category {
    /// A fact, a name, a definition.
    FACT(Tier.SIMPLE, TaskType.QUESTION),
    /// Hello, thanks, and noise.
    GREETING(Tier.SIMPLE, TaskType.SMALL_TALK),
    /// A short translation.
    TRANSLATION(Tier.SIMPLE, TaskType.TRANSLATION),
    /// How or why something works.
    EXPLANATION(Tier.MEDIUM, TaskType.QUESTION),
    /// One thing beside another.
    COMPARISON(Tier.MEDIUM, TaskType.QUESTION),
    /// A function, a script, a query, a test.
    SMALL_PROGRAM(Tier.MEDIUM, TaskType.CODE),
    /// Finding and mending what is wrong; reviews.
    REPAIR(Tier.MEDIUM, TaskType.CODE),
    /// A summary, a document about something.
    SUMMARY(Tier.MEDIUM, TaskType.WRITING),
    /// Sorting, labelling, taking out and putting into a format.
    EXTRACTION(Tier.MEDIUM, TaskType.WRITING),
    /// Ideas, stories, letters.
    IDEAS(Tier.MEDIUM, TaskType.WRITING),
    /// The same in other words.
    REWRITE(Tier.MEDIUM, TaskType.WRITING),
    /// A system, a migration, an architecture.
    DESIGN(Tier.COMPLEX, TaskType.OTHER),
    /// A program of many parts.
    LARGE_PROGRAM(Tier.COMPLEX, TaskType.CODE),
    /// A theorem or an algorithm's correctness to prove.
    PROOF(Tier.REASONING, TaskType.MATHEMATICS),
    /// A formula to derive.
    DERIVATION(Tier.REASONING, TaskType.MATHEMATICS),
    /// Formal logic, games, puzzles.
    LOGIC(Tier.REASONING, TaskType.PUZZLE);

    /// All categories, by their position.
    static final List<Category> ALL = List.of(values());

    private final Tier tier;
    private final TaskType task;

    Category(Tier tier, TaskType task) {
        this.tier = tier;
        this.task = task;
    }

    /// How much work of this category usually asks of a model.
    public Tier tier() {
        return tier;
    }

    /// The kind of work, as far as the words alone tell.
    public TaskType task() {
        return task;
    }

    /// The position in arrays by category.
    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    public int index() {
        return ordinal();
    }
}
