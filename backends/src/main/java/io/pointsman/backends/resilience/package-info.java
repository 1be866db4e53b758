/// What stands between the gateway and every backend: circuit breakers, bulkheads, rate limiters,
/// cooldowns, budgets for extra calls, and the count of requests in flight.
@NullMarked
package io.pointsman.backends.resilience;

import org.jspecify.annotations.NullMarked;
