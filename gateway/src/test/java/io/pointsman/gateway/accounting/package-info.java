@NullMarked
package io.pointsman.gateway.accounting;

import org.jspecify.annotations.NullMarked;
