/// Benchmarks of what is not public.
@NullMarked
package io.pointsman.serving.engine;

import org.jspecify.annotations.NullMarked;
