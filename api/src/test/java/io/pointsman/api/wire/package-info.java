@NullMarked
package io.pointsman.api.wire;

import org.jspecify.annotations.NullMarked;
