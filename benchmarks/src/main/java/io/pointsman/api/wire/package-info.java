/// Benchmarks of what is not public.
@NullMarked
package io.pointsman.api.wire;

import org.jspecify.annotations.NullMarked;
