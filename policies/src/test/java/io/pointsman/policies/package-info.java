@NullMarked
package io.pointsman.policies;

import org.jspecify.annotations.NullMarked;
