@NullMarked
package io.pointsman.gateway.learning;

import org.jspecify.annotations.NullMarked;
