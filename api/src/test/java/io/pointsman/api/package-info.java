@NullMarked
package io.pointsman.api;

import org.jspecify.annotations.NullMarked;
