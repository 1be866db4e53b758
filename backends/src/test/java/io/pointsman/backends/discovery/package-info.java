@NullMarked
package io.pointsman.backends.discovery;

import org.jspecify.annotations.NullMarked;
