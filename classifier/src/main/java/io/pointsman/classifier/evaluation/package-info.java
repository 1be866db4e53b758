/// Judges scores by outcomes: the field's measures, the baselines, and the tables a user reads.
@NullMarked
package io.pointsman.classifier.evaluation;

import org.jspecify.annotations.NullMarked;
