@NullMarked
package io.pointsman.backends.resilience;

import org.jspecify.annotations.NullMarked;
