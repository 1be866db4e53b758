@NullMarked
package io.pointsman.serving;

import org.jspecify.annotations.NullMarked;
