package io.pointsman.classifier.memory;

/// Adds up [Evidence]. Confined to one query.
final class EvidenceSum {

    private int count;
    private float nearest;
    private double mass;
    private double gap;
    private double fastMass;
    private double fast;
    private double reasonerMass;
    private double reasoner;

    void add(float similarity, double weight, double excess) {
        count++;
        nearest = Math.max(nearest, similarity);
        mass += weight;
        gap += weight * excess;
    }

    void addFast(double weight, double excess) {
        fastMass += weight;
        fast += weight * excess;
    }

    void addReasoner(double weight, double excess) {
        reasonerMass += weight;
        reasoner += weight * excess;
    }

    Evidence evidence() {
        return new Evidence(count, nearest, mass, gap, fastMass, fast, reasonerMass, reasoner);
    }
}
