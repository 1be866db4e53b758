@NullMarked
package io.pointsman.backends.embedded;

import org.jspecify.annotations.NullMarked;
