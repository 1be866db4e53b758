package io.pointsman.classifier.features;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.CRC32C;

/// How rare each n-gram bucket is in prompts at large: its inverse document frequency (Spärck Jones
/// 1972), counted once over public prompts and kept in a file beside this class. Two prompts that
/// share a rare n-gram are alike; sharing a common one says little.
public final class NgramRarity {

    /// Rarities are kept in steps of one of these; the largest is 255 of them.
    private static final float STEPS = 25;

    private static final byte[] TABLE = read();

    private NgramRarity() {}

    /// The inverse document frequency of `bucket`, a natural logarithm, in [0, 10.2].
    public static float of(int bucket) {
        return (TABLE[bucket] & 0xFF) / STEPS;
    }

    /// Counts the table over `prompts`, to be kept as the file.
    public static byte[] count(List<Features> prompts) {
        var frequencies = new int[FeatureSet.BUCKETS];
        for (var prompt : prompts) {
            for (int bucket : prompt.ngrams()) {
                frequencies[bucket]++;
            }
        }
        var table = new byte[FeatureSet.BUCKETS];
        for (int i = 0; i < table.length; i++) {
            double idf = Math.log((prompts.size() + 1.0) / (frequencies[i] + 1.0));
            table[i] = (byte) Math.clamp(Math.round(idf * STEPS), 0, 255);
        }
        return table;
    }

    static long fingerprint() {
        var checksum = new CRC32C();
        checksum.update(TABLE);
        return checksum.getValue();
    }

    private static byte[] read() {
        try (var in = NgramRarity.class.getResourceAsStream("ngram-rarity.bin")) {
            var table = in == null ? new byte[0] : in.readAllBytes();
            if (table.length != FeatureSet.BUCKETS) {
                throw new IllegalStateException(
                        "ngram-rarity.bin has %d bytes where %d are needed"
                                .formatted(table.length, FeatureSet.BUCKETS));
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read ngram-rarity.bin", e);
        }
    }
}
