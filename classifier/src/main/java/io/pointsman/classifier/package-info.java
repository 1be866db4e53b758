/// How hard a request is: text and structure features, and a small linear head per model pair.
///
/// Start at [io.pointsman.classifier.Classifiers]. Judging a request reads no file, no clock and
/// starts no thread; only [io.pointsman.classifier.HeadFile] and
/// [io.pointsman.classifier.training.OutcomeFile] touch files.
@NullMarked
package io.pointsman.classifier;

import org.jspecify.annotations.NullMarked;
