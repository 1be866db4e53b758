/// Benchmarks of what is not public.
@NullMarked
package io.pointsman.serving.tokenizer;

import org.jspecify.annotations.NullMarked;
