package io.pointsman.classifier.memory;

/// What the outcomes of like prompts say of a prompt: sums, so that evidence adds up, and so that
/// the reader decides how much a head counts beside them. An estimate of the head's error is a sum
/// over its mass, as Nadaraya and Watson have it (1964), or over the mass and a prior's.
///
/// @param nearest the similarity of the nearest, in [0, 1]
/// @param mass how much they count together: 1 for each equal prompt with a fresh, trusted label
/// @param gap by how much the reasoner's lead over the fast model exceeded what the head expected;
///   where only one model was asked, the other is taken to have erred as it tends to with that one
/// @param reasonerMass the part of the mass that knows how the reasoner did
/// @param reasoner by how much the reasoner exceeded what the head expected of it
public record Evidence(
        float nearest, double mass, double gap, double reasonerMass, double reasoner) {

    /// Of no outcome.
    public static final Evidence NONE = new Evidence(0, 0, 0, 0, 0);

    /// Both together.
    Evidence plus(Evidence other) {
        return new Evidence(
                Math.max(nearest, other.nearest),
                mass + other.mass,
                gap + other.gap,
                reasonerMass + other.reasonerMass,
                reasoner + other.reasoner);
    }

    /// The same at a mass of `most` where it has more, so that it counts no more than that.
    Evidence atMost(double most) {
        double scale = mass > most ? most / mass : 1;
        return new Evidence(
                nearest, mass * scale, gap * scale, reasonerMass * scale, reasoner * scale);
    }
}
