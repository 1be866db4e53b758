@NullMarked
package io.pointsman.gateway;

import org.jspecify.annotations.NullMarked;
