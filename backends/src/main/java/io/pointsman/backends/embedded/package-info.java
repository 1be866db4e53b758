/// The engine in-process as a backend: the bundled models.
@NullMarked
package io.pointsman.backends.embedded;

import org.jspecify.annotations.NullMarked;
