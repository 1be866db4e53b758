/// What kind of work a prompt asks for, and the tier of that kind: a small linear model over hashed
/// n-grams and over concepts that a lexicon names in thirty languages. Knows no pair of models.
@NullMarked
package io.pointsman.classifier.kinds;

import org.jspecify.annotations.NullMarked;
