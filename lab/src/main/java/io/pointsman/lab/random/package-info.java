/// Models of random weights in the shapes of real ones: to test and to measure with, where the real
/// weights are not at hand.
@NullMarked
package io.pointsman.lab.random;

import org.jspecify.annotations.NullMarked;
