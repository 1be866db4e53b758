/// Remembers how models did on prompts, and finds the prompts that are like a new one. Keeps
/// features and hashes, never text.
@NullMarked
package io.pointsman.classifier.memory;

import org.jspecify.annotations.NullMarked;
