/// Trains the heads that ship with the classifier.
@NullMarked
package io.pointsman.lab.difficulty;

import org.jspecify.annotations.NullMarked;
