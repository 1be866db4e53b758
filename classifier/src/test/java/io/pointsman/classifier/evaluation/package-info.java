@NullMarked
package io.pointsman.classifier.evaluation;

import org.jspecify.annotations.NullMarked;
