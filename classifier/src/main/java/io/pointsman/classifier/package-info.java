/// How hard a request is: text and structure features, a small head per model pair, the kind of the
/// prompt, and what was learned from the outcomes of prompts like it.
///
/// Start at [io.pointsman.classifier.Classifiers]. Judging a request reads no file, no clock and
/// starts no thread. [io.pointsman.classifier.HeadFile] and
/// [io.pointsman.classifier.kinds.KindFile] read and write models,
/// [io.pointsman.classifier.memory.OutcomeLog] what was learned,
/// [io.pointsman.classifier.training.JsonLines] reads rows and
/// [io.pointsman.classifier.evaluation.OutputFile] writes scores and pictures; nothing else touches
/// files.
@NullMarked
package io.pointsman.classifier;

import org.jspecify.annotations.NullMarked;
