package io.pointsman.classifier.training;

import io.pointsman.classifier.Spread;
import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.memory.Sketch;
import io.pointsman.classifier.memory.SketchIndex;
import io.pointsman.classifier.memory.SketchSpace;
import java.util.Arrays;
import java.util.List;

/// How near to each other the prompts are that a head is fitted on: per prompt, the similarity to
/// the nearest of the other half of them. Immutable by contract: nobody writes to the array.
///
/// @param nearest in rising order
record Neighbourhood(float[] nearest) {

    private static final double FAR = 0.001;
    private static final double NEAR = 0.5;

    static Neighbourhood of(List<Features> prompts) {
        var space = new SketchSpace(NgramRarity::of);
        var halves = List.of(new SketchIndex(space), new SketchIndex(space));
        var sketches = prompts.stream().map(Sketch::of).toList();
        for (int i = 0; i < sketches.size(); i++) {
            halves.get(i % 2).add(sketches.get(i));
        }
        var nearest = new float[sketches.size()];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = halves.get(1 - i % 2).nearest(sketches.get(i), 1).nearest();
        }
        Arrays.sort(nearest);
        return new Neighbourhood(nearest);
    }

    Spread spread(double known, double novel) {
        double far = quantile(FAR);
        double near = Math.min(1, Math.max(quantile(NEAR), far + 0.05));
        return new Spread(known, Math.max(known, novel), near, Math.min(far, near - 0.01));
    }

    private double quantile(double share) {
        return nearest[(int) (share * (nearest.length - 1))];
    }
}
