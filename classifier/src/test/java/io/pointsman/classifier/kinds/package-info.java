/// The model of kinds, its lexicon and its file.
@NullMarked
package io.pointsman.classifier.kinds;

import org.jspecify.annotations.NullMarked;
