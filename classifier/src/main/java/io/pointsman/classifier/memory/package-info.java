/// Remembers how models did on prompts, and finds the prompts that are like a new one. Keeps
/// features and hashes, never text.
///
/// Start at [io.pointsman.classifier.memory.OutcomeMemory]. Time comes in as a value; only
/// [io.pointsman.classifier.memory.OutcomeLog] knows files, a thread, and how long a second is.
@NullMarked
package io.pointsman.classifier.memory;

import org.jspecify.annotations.NullMarked;
