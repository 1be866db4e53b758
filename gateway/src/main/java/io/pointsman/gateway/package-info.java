/// The gateway: HTTP edge, admission, dispatch, ledger and wiring.
@NullMarked
package io.pointsman.gateway;

import org.jspecify.annotations.NullMarked;
