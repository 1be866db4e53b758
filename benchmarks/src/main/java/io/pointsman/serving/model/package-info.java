/// Benchmarks of what is not public.
@NullMarked
package io.pointsman.serving.model;

import org.jspecify.annotations.NullMarked;
