package io.pointsman.classifier.evaluation;

import io.pointsman.api.Classification;
import io.pointsman.api.Label;
import io.pointsman.api.LearningClassifier;
import io.pointsman.classifier.training.Outcome;
import java.time.Instant;
import java.util.List;

/// Teaches a classifier rows of outcomes before it is measured on others.
public final class LearnedOutcomes {

    /// Whose outcomes count for every tenant.
    private static final String SHARED = "";

    private LearnedOutcomes() {}

    /// Lets `classifier` learn `rows` as outcomes that all tenants share, as of `now`; each is a
    /// label of its own, whatever its id.
    ///
    /// @return how many it could learn
    public static int learn(LearningClassifier classifier, List<Outcome> rows, Instant now) {
        int learned = 0;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            var seen = classifier.classify(PromptRequest.of(row.prompt()));
            if (seen instanceof Classification.Scored scored && scored.trace().isPresent()) {
                var label = Label.ofBoth(row.weak(), row.strong(), Label.Origin.FILE, 1);
                classifier.learn("file-row-" + i, SHARED, scored.trace().get(), label, now);
                learned++;
            }
        }
        return learned;
    }
}
