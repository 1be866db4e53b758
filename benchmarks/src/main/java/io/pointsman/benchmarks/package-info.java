/// The engine beside llama.cpp, and a picture of its steps.
@NullMarked
package io.pointsman.benchmarks;

import org.jspecify.annotations.NullMarked;
