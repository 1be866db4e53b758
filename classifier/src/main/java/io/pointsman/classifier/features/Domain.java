package io.pointsman.classifier.features;

/// A form of prompt within which the same feature speaks another language than elsewhere: a long
/// multiple-choice question is not hard for the reason that a long program is. Models keep weights
/// that domains share and a copy for each (Daumé 2007, "Frustratingly easy domain adaptation").
public enum Domain {
    /// A question with listed answers. What is hard elsewhere says nothing of it; its own weights,
    /// those of words above all, are held closer to zero.
    MULTIPLE_CHOICE(false, 0.35f, 0.7f),
    /// A short story with numbers that asks for a quantity.
    WORD_PROBLEM(true, 1, 1),
    /// Any other prompt of a few lines.
    SHORT(true, 1, 1),
    /// Anything longer; it has the shared weights alone.
    LONG(true, 0, 0);

    /// How many domains have weights of their own.
    public static final int OWN = 3;

    private static final int LONGEST_SHORT = 700;

    private final boolean shared;
    private final float ngrams;
    private final float structure;

    Domain(boolean shared, float ngrams, float structure) {
        this.shared = shared;
        this.ngrams = ngrams;
        this.structure = structure;
    }

    /// Whether the domain has the shared weights.
    public boolean shared() {
        return shared;
    }

    /// Whether the domain has weights of its own.
    public boolean own() {
        return this != LONG;
    }

    /// How large an n-gram is to the domain's own weights, against 1 to the shared ones: the
    /// smaller, the stronger a ridge penalty holds them.
    public float ngrams() {
        return ngrams;
    }

    /// The same for a structural feature.
    public float structure() {
        return structure;
    }

    /// The position in arrays by domain.
    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    public int index() {
        return ordinal();
    }

    /// The domain of a prompt with these features, values by ordinal.
    static Domain of(float[] structure) {
        var values = new Values(structure);
        if (values.of(Structure.OPTIONS) >= 3) {
            return MULTIPLE_CHOICE;
        }
        if (wordProblem(values)) {
            return WORD_PROBLEM;
        }
        return values.of(Structure.CHARS) < LONGEST_SHORT ? SHORT : LONG;
    }

    private static boolean wordProblem(Values values) {
        return values.of(Structure.NUMBERS_SEEN) + values.of(Structure.NUMBER_WORDS) >= 2
                && values.within(Structure.QUESTION_MARKS, 0, 3)
                && values.within(Structure.WORDS, 15, 200)
                && values.within(Structure.LINES, 0, 5)
                && values.of(Structure.LATEX_COMMANDS) == 0
                && values.of(Structure.DOLLAR_FORMULAS) <= 8
                && values.of(Structure.CODE_FENCES) == 0
                && values.of(Structure.SYMBOL_SHARE) < 0.12
                && values.of(Structure.HOW_MANY)
                                + values.of(Structure.AMOUNT_WORDS)
                                + values.of(Structure.MONEY)
                        >= 1;
    }

    private record Values(float[] structure) {

        float of(Structure feature) {
            return structure[feature.index()];
        }

        boolean within(Structure feature, int least, int most) {
            return of(feature) >= least && of(feature) <= most;
        }
    }
}
