package io.pointsman.classifier.memory;

/// Adds up [Evidence]. Confined to one query.
final class EvidenceSum {

    private float nearest;
    private double mass;
    private double gap;
    private double reasonerMass;
    private double reasoner;

    void add(float similarity, double weight, double excess) {
        nearest = Math.max(nearest, similarity);
        mass += weight;
        gap += weight * excess;
    }

    void addReasoner(double weight, double excess) {
        reasonerMass += weight;
        reasoner += weight * excess;
    }

    Evidence evidence() {
        return new Evidence(nearest, mass, gap, reasonerMass, reasoner);
    }
}
