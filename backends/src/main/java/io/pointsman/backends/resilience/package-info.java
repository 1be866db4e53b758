/// What stands between a caller and a backend: circuit breakers and counts of calls in flight.
@NullMarked
package io.pointsman.backends.resilience;

import org.jspecify.annotations.NullMarked;
