package io.pointsman.classifier.memory;

import java.util.LinkedHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The prompts of one tenant, or those that count for all. Many threads may use its index; all else
/// belongs to the thread that holds the memory's lock.
final class TenantMemory {

    private final String tenant;
    private final PromptIndex index;
    private final @Nullable PromptIndex common;

    /// By hash; the one that was labelled last is last.
    private final LinkedHashMap<Long, Kept> prompts = new LinkedHashMap<>();

    /// A prompt, and where the two indexes keep it.
    private record Kept(Prompt prompt, int slot, int commonSlot) {}

    /// An empty one, whose prompts are found in the index `common` to all tenants too where there
    /// is one.
    TenantMemory(String tenant, SketchSpace space, @Nullable PromptIndex common) {
        this.tenant = tenant;
        this.index = new PromptIndex(space);
        this.common = common;
    }

    int size() {
        return prompts.size();
    }

    /// What is known of the prompt with this hash.
    @Nullable PromptLabels labels(long hash) {
        var kept = prompts.get(hash);
        return kept == null ? null : kept.prompt.labels();
    }

    /// Adds a prompt that is not known yet.
    void add(long hash, Sketch sketch, PromptLabels labels) {
        var prompt = new Prompt(tenant, sketch, labels);
        int commonSlot = common == null ? -1 : common.add(prompt);
        prompts.put(hash, new Kept(prompt, index.add(prompt), commonSlot));
    }

    /// Gives a known prompt other labels, which makes it the newest.
    void relabel(long hash, PromptLabels labels) {
        var kept = prompts.remove(hash);
        if (kept != null) {
            kept.prompt.label(labels);
            prompts.put(hash, kept);
        }
    }

    /// Forgets the prompt whose last label is oldest.
    ///
    /// @return the labels that went with it
    PromptLabels forgetOldest() {
        var oldest = prompts.pollFirstEntry().getValue();
        index.remove(oldest.slot);
        if (common != null) {
            common.remove(oldest.commonSlot);
        }
        return oldest.prompt.labels();
    }

    Stream<PromptLabels> labels() {
        return prompts.values().stream().map(kept -> kept.prompt.labels());
    }

    /// Where its prompts are found.
    PromptIndex index() {
        return index;
    }
}
