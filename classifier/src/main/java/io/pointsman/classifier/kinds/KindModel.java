package io.pointsman.classifier.kinds;

import io.pointsman.api.Tier;
import java.util.Arrays;

/// A multinomial logistic model of the [Category] of a prompt. Immutable by contract: nobody writes
/// to the arrays.
///
/// The weights are small integers: one byte per n-gram and category, two per trait and category.
///
/// @param ngrams per bucket, a weight per category
/// @param ngramUnit what one of them counts for
/// @param traits per trait and then for the bias, a weight per category
/// @param traitUnit what one of them counts for
public record KindModel(byte[] ngrams, float ngramUnit, short[] traits, float traitUnit) {

    /// How many categories there are.
    public static final int CLASSES = Category.ALL.size();

    private static final Tier[] TIERS = Tier.values();

    public KindModel {
        check("n-gram weights", ngrams.length, KindFeatures.BUCKETS * CLASSES);
        check("trait weights", traits.length, (KindFeatures.TRAITS + 1) * CLASSES);
        if (!(ngramUnit > 0 && traitUnit > 0 && ngramUnit + traitUnit < 1e6f)) {
            throw new IllegalArgumentException("the units of the weights are not above 0");
        }
    }

    private static void check(String what, int length, int needed) {
        if (length != needed) {
            throw new IllegalArgumentException(
                    "%d %s where %d are needed".formatted(length, what, needed));
        }
    }

    /// A model of real weights, rounded.
    ///
    /// @param ngrams per bucket, a weight per category
    /// @param traits per trait and then for the bias, a weight per category
    public static KindModel of(float[] ngrams, float[] traits) {
        float ngramUnit = unit(ngrams, Byte.MAX_VALUE);
        float traitUnit = unit(traits, Short.MAX_VALUE);
        var bytes = new byte[ngrams.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(ngrams[i] / ngramUnit);
        }
        var shorts = new short[traits.length];
        for (int i = 0; i < shorts.length; i++) {
            shorts[i] = (short) Math.round(traits[i] / traitUnit);
        }
        return new KindModel(bytes, ngramUnit, shorts, traitUnit);
    }

    private static float unit(float[] weights, int largestInteger) {
        float largest = 0;
        for (float weight : weights) {
            largest = Math.max(largest, Math.abs(weight));
        }
        return largest == 0 ? 1 : largest / largestInteger;
    }

    /// The probability of each category.
    public double[] chances(KindFeatures features) {
        return chances(
                features.ngrams(),
                features.ngrams().length,
                features.traits(),
                features.traits().length);
    }

    /// The probability of each category for what `scan` has found.
    double[] chances(KindScan scan) {
        return chances(scan.ngrams(), scan.ngramCount(), scan.traits(), scan.traitCount());
    }

    private double[] chances(int[] ngramsSeen, int ngramCount, int[] traitsSeen, int traitCount) {
        var words = ByteSums.of(ngrams, ngramsSeen, ngramCount);
        var named = new int[CLASSES];
        for (int i = 0; i < traitCount; i++) {
            add(named, traitsSeen[i]);
        }
        add(named, KindFeatures.TRAITS);
        double ngramScale = ngramUnit * KindFeatures.ngramScale(ngramCount);
        var chances = new double[CLASSES];
        for (int k = 0; k < CLASSES; k++) {
            chances[k] = words[k] * ngramScale + named[k] * traitUnit;
        }
        softmax(chances);
        return chances;
    }

    private void add(int[] sums, int trait) {
        int row = trait * CLASSES;
        for (int k = 0; k < CLASSES; k++) {
            sums[k] += traits[row + k];
        }
    }

    /// Turns the margins of classes into their probabilities, in place.
    public static void softmax(double[] margins) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double margin : margins) {
            largest = Math.max(largest, margin);
        }
        double sum = 0;
        for (int k = 0; k < margins.length; k++) {
            margins[k] = Math.exp(margins[k] - largest);
            sum += margins[k];
        }
        for (int k = 0; k < margins.length; k++) {
            margins[k] /= sum;
        }
    }

    /// The likeliest category.
    static Category likeliest(double[] chances) {
        int best = 0;
        for (int k = 1; k < chances.length; k++) {
            best = chances[k] > chances[best] ? k : best;
        }
        return Category.ALL.get(best);
    }

    /// The tier whose categories are likeliest together.
    public static Tier tier(double[] chances) {
        var byTier = new double[TIERS.length];
        for (var category : Category.ALL) {
            byTier[index(category.tier())] += chances[category.index()];
        }
        int best = 0;
        for (int t = 1; t < byTier.length; t++) {
            best = byTier[t] > byTier[best] ? t : best;
        }
        return TIERS[best];
    }

    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    private static int index(Tier tier) {
        return tier.ordinal();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KindModel that
                && ngramUnit == that.ngramUnit
                && traitUnit == that.traitUnit
                && Arrays.equals(ngrams, that.ngrams)
                && Arrays.equals(traits, that.traits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ngrams) * 31 + Arrays.hashCode(traits);
    }

    @Override
    public String toString() {
        return "KindModel[%08x]".formatted(hashCode());
    }
}
