@NullMarked
package io.pointsman.classifier.features;

import org.jspecify.annotations.NullMarked;
