@NullMarked
package io.pointsman.gateway.ledger.postgres;

import org.jspecify.annotations.NullMarked;
