@NullMarked
package io.pointsman.classifier.memory;

import org.jspecify.annotations.NullMarked;
