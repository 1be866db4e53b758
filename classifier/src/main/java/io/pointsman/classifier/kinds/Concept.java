package io.pointsman.classifier.kinds;

/// Something that the words of a prompt say about what it asks for; the words of each are a section
/// of the lexicon.
enum Concept {
    WHAT_IS(true),
    DEFINE(true),
    HOW_MANY(true),
    WHO_WHEN_WHERE(true),
    GREETING(true),
    TRANSLATE(true),
    EXPLAIN(true),
    HOW_WHY(true),
    DIFFERENCE(false),
    COMPARE(true),
    SUMMARISE(true),
    WRITE(true),
    FUNCTION(false),
    IMPLEMENT(true),
    FIX(true),
    REVIEW(true),
    TEST(false),
    OPTIMISE(true),
    REWRITE(true),
    CLASSIFY(true),
    EXTRACT(true),
    IDEAS(true),
    CREATIVE(false),
    DOCUMENT(false),
    DESIGN(true),
    BUILD(true),
    SYSTEM(false),
    SCALE(false),
    WITH(false),
    MIGRATE(true),
    PROVE(true),
    DERIVE(true),
    PROOF_METHOD(false),
    THEOREM(false),
    COMPLEXITY(false),
    GAME(false),
    LOGIC(false),
    PROBABILITY(false),
    ALGORITHM(false),
    ANALYSE(true),
    COMPUTE(true),
    THIS(false),
    MINE(false),
    AND(false),
    LANGUAGE(false);

    private static final Concept[] ALL = values();

    /// How many concepts there are; their sets are bits of a `long`.
    static final int COUNT = ALL.length;

    /// The set of concepts that say what is to be done, rather than with what.
    static final long ACTS = acts();

    private final boolean act;

    Concept(boolean act) {
        this.act = act;
    }

    /// The position in arrays, and the bit in sets.
    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    int index() {
        return ordinal();
    }

    /// The concept at a position.
    static Concept at(int index) {
        return ALL[index];
    }

    /// The set of this concept alone.
    long bit() {
        return 1L << index();
    }

    private static long acts() {
        long acts = 0;
        for (var concept : ALL) {
            acts |= concept.act ? concept.bit() : 0;
        }
        return acts;
    }
}
