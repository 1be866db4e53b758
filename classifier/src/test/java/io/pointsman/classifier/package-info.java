@NullMarked
package io.pointsman.classifier;

import org.jspecify.annotations.NullMarked;
