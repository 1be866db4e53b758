package io.pointsman.classifier;

import io.pointsman.classifier.features.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The trees of a [TreeModel], by the features that they ask for: "QuickScorer" (Lucchese et al.,
/// "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees",
/// 2015). Immutable.
///
/// To walk down a tree costs most where the processor guesses wrong which way, half of the time. So
/// no tree is walked: for each feature all questions of all trees are put in the order of their
/// thresholds, and those that send the prompt right come first. Each rules out the leaves to its
/// left. In every tree, the leftmost leaf that is left then is the one where a walk ends. Most
/// features of a prompt are zero, and so are most questions never looked at.
final class Forest {

    /// The leaves of one tree are bits of a byte.
    private static final int MOST_LEAVES = Byte.SIZE;

    /// Per tree, which leaves are ruled out, as bits. Confined to its thread, and to one prompt.
    private static final ThreadLocal<byte[]> RULED_OUT = ThreadLocal.withInitial(() -> new byte[0]);

    private final int trees;

    /// Per tree, the values of up to [#MOST_LEAVES] leaves, from left to right.
    private final float[] leaves;

    /// Per feature, where its questions begin; they end where the next feature's begin.
    private final int[] starts = new int[Structure.COUNT + 1];

    // Per question: the largest value that goes left, its tree, the leaves to its left.
    private final float[] thresholds;
    private final int[] owners;
    private final byte[] lefts;

    /// A node that is not a leaf.
    private record Question(int feature, float threshold, int tree, int left) {}

    private Forest(int trees, float[] leaves, List<Question> questions) {
        this.trees = trees;
        this.leaves = leaves;
        this.thresholds = new float[questions.size()];
        this.owners = new int[questions.size()];
        this.lefts = new byte[questions.size()];
        questions.sort(
                Comparator.comparingInt(Question::feature)
                        .thenComparingDouble(Question::threshold));
        for (int i = 0; i < thresholds.length; i++) {
            var question = questions.get(i);
            thresholds[i] = question.threshold;
            owners[i] = question.tree;
            lefts[i] = (byte) question.left;
            starts[question.feature + 1] = i + 1;
        }
        for (int feature = 0; feature < Structure.COUNT; feature++) {
            starts[feature + 1] = Math.max(starts[feature + 1], starts[feature]);
        }
    }

    /// The trees of `model`; null where one has too many leaves.
    static @Nullable Forest of(TreeModel model) {
        int trees = model.roots().length;
        var leaves = new float[trees * MOST_LEAVES];
        var questions = new ArrayList<Question>();
        for (int tree = 0; tree < trees; tree++) {
            if (count(model, model.roots()[tree], 1) > MOST_LEAVES) {
                return null;
            }
            read(model, tree, model.roots()[tree], 0, leaves, questions);
        }
        return new Forest(trees, leaves, questions);
    }

    /// How many leaves there are below `node`, or more than allowed where the way to it alone says
    /// so: one that asks so many questions passes as many leaves.
    private static int count(TreeModel model, int node, int passed) {
        if (model.leaf(node) || passed > MOST_LEAVES) {
            return passed > MOST_LEAVES ? passed : 1;
        }
        int left = model.lefts()[node];
        return count(model, left, passed + 1) + count(model, left + 1, passed + 1);
    }

    /// Reads the nodes from `node` down, the first leaf of which is the tree's number `first`;
    /// returns the number of the leaf after the last.
    private static int read(
            TreeModel model,
            int tree,
            int node,
            int first,
            float[] leaves,
            List<Question> questions) {
        if (model.leaf(node)) {
            leaves[tree * MOST_LEAVES + first] = model.values()[node];
            return first + 1;
        }
        int left = model.lefts()[node];
        int middle = read(model, tree, left, first, leaves, questions);
        questions.add(
                new Question(
                        model.features()[node],
                        model.thresholds()[node],
                        tree,
                        (1 << middle) - (1 << first)));
        return read(model, tree, left + 1, middle, leaves, questions);
    }

    /// The sum for structural values, by ordinal.
    double of(float[] structure) {
        var ruledOut = cleared();
        for (int feature = 0; feature < structure.length; feature++) {
            float value = structure[feature];
            int end = starts[feature + 1];
            for (int i = starts[feature]; i < end && !(value <= thresholds[i]); i++) {
                ruledOut[owners[i]] |= lefts[i];
            }
        }
        double sum = 0;
        for (int tree = 0; tree < trees; tree++) {
            sum += leaves[tree * MOST_LEAVES + Integer.numberOfTrailingZeros(~ruledOut[tree])];
        }
        return sum;
    }

    private byte[] cleared() {
        var own = RULED_OUT.get();
        if (own.length < trees) {
            own = new byte[trees];
            RULED_OUT.set(own);
        } else {
            Arrays.fill(own, 0, trees, (byte) 0);
        }
        return own;
    }
}
