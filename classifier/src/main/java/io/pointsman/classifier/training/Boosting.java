package io.pointsman.classifier.training;

import io.pointsman.classifier.TreeModel;
import io.pointsman.classifier.features.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Fits a [TreeModel] by stochastic gradient boosting (Friedman 2002) of small trees, grown leaf by
/// leaf over histograms (Ke et al. 2017, LightGBM), several times over and averaged. Each tree sees
/// a share of the rows and of the features: what one feature happens to say of a few kinds of
/// prompt does not rule. Deterministic. Confined to one thread.
final class Boosting {

    private static final int BAGS = 4;
    private static final int ROUNDS = 200;
    private static final double RATE = 0.03;
    private static final int LEAVES = 4;
    private static final int ROWS_PER_LEAF = 40;
    private static final double PENALTY = 5;
    private static final double ROW_SHARE = 0.7;
    private static final double FEATURE_SHARE = 0.4;
    private static final int BINS = 64;

    private final int rows;
    private final double[] targets;
    private final double[] weights;
    private final float[][] cuts = new float[Structure.COUNT][];
    private final byte[][] bins = new byte[Structure.COUNT][];
    private final int rowsPerLeaf;

    Boosting(List<Example> examples) {
        this.rows = examples.size();
        this.targets = examples.stream().mapToDouble(Example::target).toArray();
        this.weights = examples.stream().mapToDouble(Example::weight).toArray();
        this.rowsPerLeaf = Math.clamp(rows / 20, 3, ROWS_PER_LEAF);
        for (int feature = 0; feature < Structure.COUNT; feature++) {
            var values = new float[rows];
            for (int i = 0; i < rows; i++) {
                values[i] = examples.get(i).features().structure()[feature];
            }
            cuts[feature] = cuts(values);
            bins[feature] = binned(values, cuts[feature]);
        }
    }

    /// The trees; their sum is near the targets.
    TreeModel fit() {
        var grown = new Grown();
        grown.constant(mean());
        for (int bag = 0; bag < BAGS; bag++) {
            boost(new Random(bag), grown);
        }
        return grown.model();
    }

    private double mean() {
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < rows; i++) {
            sum += weights[i] * targets[i];
            weight += weights[i];
        }
        return sum / weight;
    }

    private void boost(Random random, Grown grown) {
        var residuals = targets.clone();
        double mean = mean();
        for (int i = 0; i < rows; i++) {
            residuals[i] -= mean;
        }
        for (int round = 0; round < ROUNDS; round++) {
            var sample = sample(random);
            var tree = new Tree(residuals, sample, features(random)).grow();
            grown.add(tree, 1.0 / BAGS);
            tree.subtract(residuals);
        }
    }

    private int[] sample(Random random) {
        var sample = new int[rows];
        int size = 0;
        for (int i = 0; i < rows; i++) {
            if (random.nextDouble() < ROW_SHARE) {
                sample[size++] = i;
            }
        }
        return Arrays.copyOf(sample, size);
    }

    private static BitSet features(Random random) {
        var features = new BitSet(Structure.COUNT);
        while (features.cardinality() < FEATURE_SHARE * Structure.COUNT) {
            features.set(random.nextInt(Structure.COUNT));
        }
        return features;
    }

    /// At most `BINS - 1` values between which rows are evenly many.
    private static float[] cuts(float[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var cuts = new float[BINS - 1];
        int size = 0;
        for (int i = 1; i < BINS && sorted.length > 0; i++) {
            float below = sorted[(int) ((long) (sorted.length - 1) * i / BINS)];
            int after = upperBound(sorted, below);
            if (after < sorted.length) {
                float cut = below + (sorted[after] - below) / 2;
                if (size == 0 || cut > cuts[size - 1]) {
                    cuts[size++] = cut;
                }
            }
        }
        return Arrays.copyOf(cuts, size);
    }

    private static int upperBound(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static byte[] binned(float[] values, float[] cuts) {
        var bins = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            int bin = 0;
            while (bin < cuts.length && values[i] > cuts[bin]) {
                bin++;
            }
            bins[i] = (byte) bin;
        }
        return bins;
    }

    /// The best cut of a leaf.
    private record Cut(double gain, int feature, int bin) {
        static final Cut NONE = new Cut(0, -1, 0);
    }

    /// A node while its tree grows; rows are those of the sample.
    private static final class Node {

        private final int[] rows;
        private final double sum;
        private final double weight;
        private Cut cut = Cut.NONE;
        private int left = -1;

        Node(int[] rows, double sum, double weight) {
            this.rows = rows;
            this.sum = sum;
            this.weight = weight;
        }

        double value() {
            return RATE * sum / (weight + PENALTY);
        }

        double gain() {
            return sum * sum / (weight + PENALTY);
        }

        boolean leaf() {
            return left < 0;
        }
    }

    /// One tree over a sample of rows and features.
    private final class Tree {

        private final double[] residuals;
        private final BitSet features;
        private final List<Node> nodes = new ArrayList<>();

        Tree(double[] residuals, int[] sample, BitSet features) {
            this.residuals = residuals;
            this.features = features;
            nodes.add(node(sample, sample.length));
        }

        Tree grow() {
            for (int leaves = 1; leaves < LEAVES; leaves++) {
                Node best = null;
                for (var node : nodes) {
                    if (node.leaf() && (best == null || node.cut.gain > best.cut.gain)) {
                        best = node;
                    }
                }
                if (best == null || best.cut.gain <= 0) {
                    break;
                }
                split(best);
            }
            return this;
        }

        private void split(Node node) {
            var left = new int[node.rows.length];
            var right = new int[node.rows.length];
            int lefts = 0;
            int rights = 0;
            for (int row : node.rows) {
                if (bins[node.cut.feature][row] <= node.cut.bin) {
                    left[lefts++] = row;
                } else {
                    right[rights++] = row;
                }
            }
            node.left = nodes.size();
            nodes.add(node(left, lefts));
            nodes.add(node(right, rights));
        }

        private Node node(int[] some, int size) {
            double sum = 0;
            double weight = 0;
            for (int i = 0; i < size; i++) {
                sum += weights[some[i]] * residuals[some[i]];
                weight += weights[some[i]];
            }
            var node = new Node(Arrays.copyOf(some, size), sum, weight);
            node.cut = best(node);
            return node;
        }

        private Cut best(Node node) {
            var best = Cut.NONE;
            if (node.rows.length < 2 * rowsPerLeaf) {
                return best;
            }
            var sums = new double[BINS];
            var masses = new double[BINS];
            var counts = new int[BINS];
            for (int f = features.nextSetBit(0); f >= 0; f = features.nextSetBit(f + 1)) {
                if (cuts[f].length == 0) {
                    continue;
                }
                Arrays.fill(sums, 0);
                Arrays.fill(masses, 0);
                Arrays.fill(counts, 0);
                for (int row : node.rows) {
                    int bin = bins[f][row];
                    sums[bin] += weights[row] * residuals[row];
                    masses[bin] += weights[row];
                    counts[bin]++;
                }
                best = better(best, node, f, sums, masses, counts);
            }
            return best;
        }

        private Cut better(
                Cut best, Node node, int f, double[] sums, double[] masses, int[] counts) {
            var found = best;
            double sum = 0;
            double mass = 0;
            int count = 0;
            for (int bin = 0; bin < cuts[f].length; bin++) {
                sum += sums[bin];
                mass += masses[bin];
                count += counts[bin];
                if (count < rowsPerLeaf || node.rows.length - count < rowsPerLeaf) {
                    continue;
                }
                double other = node.sum - sum;
                double gain =
                        sum * sum / (mass + PENALTY)
                                + other * other / (node.weight - mass + PENALTY)
                                - node.gain();
                if (gain > found.gain + 1e-12) {
                    found = new Cut(gain, f, bin);
                }
            }
            return found;
        }

        /// Takes what the tree says of every row from `rest`.
        void subtract(double[] rest) {
            for (int i = 0; i < rows; i++) {
                var node = nodes.getFirst();
                while (!node.leaf()) {
                    boolean left = bins[node.cut.feature][i] <= node.cut.bin;
                    node = nodes.get(left ? node.left : node.left + 1);
                }
                rest[i] -= node.value();
            }
        }
    }

    /// The nodes of the trees so far.
    private final class Grown {

        private final List<Integer> roots = new ArrayList<>();
        private final List<Integer> features = new ArrayList<>();
        private final List<Float> thresholds = new ArrayList<>();
        private final List<Integer> lefts = new ArrayList<>();
        private final List<Float> values = new ArrayList<>();

        void constant(double value) {
            roots.add(0);
            add(-1, 0, 0, value);
        }

        void add(Tree tree, double scale) {
            int root = features.size();
            roots.add(root);
            for (var node : tree.nodes) {
                if (node.leaf()) {
                    add(-1, 0, 0, scale * node.value());
                } else {
                    float threshold = cuts[node.cut.feature][node.cut.bin];
                    add(node.cut.feature, threshold, root + node.left, scale * mean(tree, node));
                }
            }
        }

        private void add(int feature, float threshold, int left, double value) {
            features.add(feature);
            thresholds.add(threshold);
            lefts.add(left);
            values.add((float) value);
        }

        /// What the leaves under `node` add on average over its rows.
        private double mean(Tree tree, Node node) {
            if (node.leaf()) {
                return node.value();
            }
            var left = tree.nodes.get(node.left);
            var right = tree.nodes.get(node.left + 1);
            double sum = left.weight + right.weight;
            return sum == 0
                    ? 0
                    : (left.weight * mean(tree, left) + right.weight * mean(tree, right)) / sum;
        }

        TreeModel model() {
            int count = features.size();
            var ordinals = new byte[count];
            var bounds = new float[count];
            var sums = new float[count];
            for (int i = 0; i < count; i++) {
                ordinals[i] = features.get(i).byteValue();
                bounds[i] = thresholds.get(i);
                sums[i] = values.get(i);
            }
            return new TreeModel(ints(roots), ordinals, bounds, ints(lefts), sums);
        }

        private static int[] ints(List<Integer> list) {
            return list.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
