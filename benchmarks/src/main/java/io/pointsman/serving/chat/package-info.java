/// Benchmarks of what is not public.
@NullMarked
package io.pointsman.serving.chat;

import org.jspecify.annotations.NullMarked;
