/// The chart, linted and rendered by a real Helm.
@NullMarked
package io.pointsman.helm;

import org.jspecify.annotations.NullMarked;
