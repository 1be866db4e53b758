@NullMarked
package io.pointsman.gateway.ledger;

import org.jspecify.annotations.NullMarked;
