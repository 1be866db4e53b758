/// The engine in this process as a backend.
@NullMarked
package io.pointsman.backends.embedded;

import org.jspecify.annotations.NullMarked;
