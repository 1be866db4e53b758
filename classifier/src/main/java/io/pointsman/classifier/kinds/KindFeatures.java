package io.pointsman.classifier.kinds;

import io.pointsman.classifier.features.Hash;
import java.util.Arrays;
import java.util.HexFormat;

/// What the model of kinds sees of a text: which of its features are there. Immutable by contract:
/// nobody writes to the arrays.
///
/// @param ngrams distinct buckets of hashed words, pairs of words and character n-grams, each in
///   [0, [#BUCKETS])
/// @param traits which concepts are named and where, and how long and of how many parts the text
///   is, each in [0, [#TRAITS])
public record KindFeatures(int[] ngrams, int[] traits) {

    /// The number of buckets that n-grams are hashed into.
    public static final int BUCKETS = 1 << 14;

    /// The number of traits.
    public static final int TRAITS = KindScan.TRAITS;

    private static final int VERSION = 1;

    /// The version of the code that computes features, and a hash of the lexicon.
    public static final String ID =
            "v%d-%s"
                    .formatted(
                            VERSION,
                            HexFormat.of()
                                    .toHexDigits(
                                            Hash.mix(
                                                    Hash.mix(Lexicon.get().fingerprint(), BUCKETS),
                                                    TRAITS))
                                    .substring(0, 8));

    /// The features of a text.
    public static KindFeatures of(String text) {
        return of(text.toCharArray(), text.length());
    }

    /// The features of the first `length` characters of `text`.
    public static KindFeatures of(char[] text, int length) {
        return KindScan.of(text, length).features();
    }

    /// The same text as far as the lexicon and the counts know it.
    public KindFeatures withoutNgrams() {
        return new KindFeatures(new int[0], traits);
    }

    /// The same text as far as it would be so in a language with another order of words.
    public KindFeatures withoutOrder() {
        return new KindFeatures(
                new int[0], Arrays.stream(traits).filter(it -> it < KindScan.ORDER).toArray());
    }

    /// What each n-gram counts for, so that long texts do not outweigh short ones.
    public float ngramScale() {
        return ngramScale(ngrams.length);
    }

    /// What each of `count` n-grams counts for.
    static float ngramScale(int count) {
        return (float) (4 / Math.sqrt(Math.max(16, count)));
    }

    @Override
    public String toString() {
        return "KindFeatures[%d ngrams, traits=%s]"
                .formatted(ngrams.length, Arrays.toString(traits));
    }
}
