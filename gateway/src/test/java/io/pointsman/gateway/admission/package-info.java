@NullMarked
package io.pointsman.gateway.admission;

import org.jspecify.annotations.NullMarked;
