@NullMarked
package io.pointsman.backends;

import org.jspecify.annotations.NullMarked;
