/// Keeps the records of requests over restarts and sums them up: the spool, the rollups by hour,
/// and what is told of them. What sends them on to a database is in a package of its own.
@NullMarked
package io.pointsman.gateway.ledger;

import org.jspecify.annotations.NullMarked;
