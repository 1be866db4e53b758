@NullMarked
package io.pointsman.classifier.training;

import org.jspecify.annotations.NullMarked;
