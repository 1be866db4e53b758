@NullMarked
package io.pointsman.lab.random;

import org.jspecify.annotations.NullMarked;
