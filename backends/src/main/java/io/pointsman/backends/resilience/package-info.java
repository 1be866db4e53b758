/// What stands between the gateway and every backend: circuit breakers and the count of requests in
/// flight.
@NullMarked
package io.pointsman.backends.resilience;

import org.jspecify.annotations.NullMarked;
