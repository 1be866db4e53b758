/// Trains the bundled pair of mini models: a fast one that answers at once and a reasoner that
/// works in columns first. What is drawn, how it is worked, the transformer, the optimizer, and the
/// GGUF file.
@NullMarked
package io.pointsman.lab.mini;

import org.jspecify.annotations.NullMarked;
