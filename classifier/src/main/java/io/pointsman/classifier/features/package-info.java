/// What a classifier looks at: the user's turn, freed from noise, as hashed n-grams and structural
/// features. Pure functions of bounded cost; no model, no files.
@NullMarked
package io.pointsman.classifier.features;

import org.jspecify.annotations.NullMarked;
