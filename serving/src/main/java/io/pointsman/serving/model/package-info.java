/// Runs models: weights, KV memory, kernels and sampling behind [ModelRunner]. It knows steps and
/// blocks, not sequences or requests.
@NullMarked
package io.pointsman.serving.model;

import org.jspecify.annotations.NullMarked;
