/// Offline: trains the classifier and the bundled mini models. Never ships.
@NullMarked
package io.pointsman.lab;

import org.jspecify.annotations.NullMarked;
