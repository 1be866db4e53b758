@NullMarked
package io.pointsman.serving.hub;

import org.jspecify.annotations.NullMarked;
