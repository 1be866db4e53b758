package io.pointsman.classifier;

import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;
import org.jspecify.annotations.Nullable;

/// A sum of small decision trees over the structural features (gradient boosting, Friedman 2001),
/// nodes of all trees in one list. What it says of kinds of prompts that it has not seen is better
/// than what words say: it looks at their build alone. Immutable by contract: nobody writes to the
/// arrays.
public final class TreeModel {

    /// Of no trees.
    public static final TreeModel NONE =
            new TreeModel(new int[0], new byte[0], new float[0], new int[0], new float[0]);

    private static final int LEAF = -1;

    private final int[] roots;
    private final byte[] features;
    private final float[] thresholds;
    private final int[] lefts;
    private final float[] values;
    private final @Nullable Forest forest;

    /// @param roots the node that each tree begins with
    /// @param features per node, the ordinal of the feature that it asks for; -1 for a leaf
    /// @param thresholds per node, the largest value of the feature that goes left
    /// @param lefts per node, where it goes left; right is the node after that
    /// @param values per node, what it adds where it is a leaf, and else what its leaves add on
    ///   average
    public TreeModel(
            int[] roots, byte[] features, float[] thresholds, int[] lefts, float[] values) {
        check(roots, features, thresholds, lefts, values);
        this.roots = roots;
        this.features = features;
        this.thresholds = thresholds;
        this.lefts = lefts;
        this.values = values;
        this.forest = Forest.of(this);
    }

    private static void check(
            int[] roots, byte[] features, float[] thresholds, int[] lefts, float[] values) {
        int nodes = features.length;
        if (thresholds.length != nodes || lefts.length != nodes || values.length != nodes) {
            throw new IllegalArgumentException("the trees' lists are not of one length");
        }
        for (int i = 0; i < nodes; i++) {
            boolean leaf = features[i] == LEAF;
            boolean fork =
                    features[i] >= 0
                            && features[i] < Structure.COUNT
                            && lefts[i] > i
                            && lefts[i] < nodes - 1;
            if ((!leaf && !fork) || !Float.isFinite(values[i]) || Float.isNaN(thresholds[i])) {
                throw new IllegalArgumentException("the trees' node " + i + " is damaged");
            }
        }
        for (int root : roots) {
            if (root < 0 || root >= nodes) {
                throw new IllegalArgumentException("a tree begins at no node: " + root);
            }
        }
    }

    /// The node that each tree begins with.
    public int[] roots() {
        return roots;
    }

    /// Per node, the ordinal of the feature that it asks for; -1 for a leaf.
    public byte[] features() {
        return features;
    }

    /// Per node, the largest value of the feature that goes left.
    public float[] thresholds() {
        return thresholds;
    }

    /// Per node, where it goes left; right is the node after that.
    public int[] lefts() {
        return lefts;
    }

    /// Per node, what it adds where it is a leaf, and else what its leaves add on average.
    public float[] values() {
        return values;
    }

    boolean leaf(int node) {
        return features[node] == LEAF;
    }

    /// The sum for a prompt.
    public double of(Features prompt) {
        return of(prompt.structure());
    }

    /// The sum for structural values, by ordinal.
    public double of(float[] structure) {
        return forest == null ? walked(structure) : forest.of(structure);
    }

    /// The sum, tree by tree from the root down.
    double walked(float[] structure) {
        double sum = 0;
        for (int root : roots) {
            int node = root;
            while (features[node] != LEAF) {
                node = next(node, structure);
            }
            sum += values[node];
        }
        return sum;
    }

    /// Adds to `contributions`, by ordinal of the features, `scale` times what each brings: by how
    /// much every question on the way down moved the average (Saabas 2014).
    void explain(Features prompt, float scale, float[] contributions) {
        for (int root : roots) {
            int node = root;
            while (features[node] != LEAF) {
                int next = next(node, prompt.structure());
                contributions[features[node]] += scale * (values[next] - values[node]);
                node = next;
            }
        }
    }

    private int next(int node, float[] structure) {
        return structure[features[node]] <= thresholds[node] ? lefts[node] : lefts[node] + 1;
    }
}
