/// Fits heads to outcomes: reading rows, logistic regression, cross-validation, calibration.
/// Deterministic: the same rows give the same head.
@NullMarked
package io.pointsman.classifier.training;

import org.jspecify.annotations.NullMarked;
