/// Benchmarks of the outcome memory.
@NullMarked
package io.pointsman.classifier.memory;

import org.jspecify.annotations.NullMarked;
