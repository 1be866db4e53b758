package io.pointsman.classifier.features;

import static io.pointsman.classifier.features.Topic.ARITHMETIC;
import static io.pointsman.classifier.features.Topic.CHATTER;
import static io.pointsman.classifier.features.Topic.CODE;
import static io.pointsman.classifier.features.Topic.CONVERSATION;
import static io.pointsman.classifier.features.Topic.LANGUAGE;
import static io.pointsman.classifier.features.Topic.LAYOUT;
import static io.pointsman.classifier.features.Topic.LENGTH;
import static io.pointsman.classifier.features.Topic.LOGIC;
import static io.pointsman.classifier.features.Topic.MATHEMATICS;
import static io.pointsman.classifier.features.Topic.NUMBERS;
import static io.pointsman.classifier.features.Topic.QUESTION;
import static io.pointsman.classifier.features.Topic.SUBJECT;
import static io.pointsman.classifier.features.Topic.TASK;

/// A structural feature: a number read off the text or the conversation, and the cuts at which a
/// head may bend its response to it.
///
/// Between two cuts the response is linear, below the first and above the last it is constant, so
/// no text, however extreme, moves a score further than the training data did.
public enum Structure {
    CHARS(LENGTH, 20, 60, 150, 300, 600, 1200, 2500, 5000, 20000),
    WORDS(LENGTH, 3, 8, 15, 30, 60, 120, 250, 500, 1000),
    SENTENCES(LENGTH, 1, 2, 3, 5, 8, 15, 40),
    WORDS_PER_SENTENCE(LENGTH, 4, 8, 14, 22, 40),
    WORD_LENGTH(LENGTH, 3, 4, 4.6, 5.2, 6, 7.5),
    DISTINCT_WORDS(LENGTH, .2, .35, .5, .65, .8, .95),

    OPERANDS(ARITHMETIC, 0, 2, 3, 4, 5, 6, 8, 12),
    OPERAND_DIGITS(ARITHMETIC, 0, 1, 2, 3, 4, 5, 8),
    SECOND_OPERAND_DIGITS(ARITHMETIC, 0, 1, 2, 3, 4, 5, 8),
    OPERATION_DIGITS(ARITHMETIC, 0, 2, 3, 4, 5, 6, 8, 10, 13, 16, 24, 48),
    SUMS(ARITHMETIC, 0, 1, 2, 3, 5, 10),
    PRODUCTS(ARITHMETIC, 0, 1, 2, 3, 6),
    PRODUCT_SIZE(ARITHMETIC, 0, 1, 2, 3, 4, 6, 9, 12, 16, 25),
    QUOTIENTS(ARITHMETIC, 0, 1, 2, 4),
    POWERS(ARITHMETIC, 0, 1, 2, 4, 8),
    NESTING(ARITHMETIC, 0, 1, 2, 3, 5),

    NUMBERS_SEEN(NUMBERS, 0, 1, 2, 3, 4, 5, 7, 10, 16, 30, 80),
    AMOUNT_WORDS(NUMBERS, 0, 1, 2, 3, 4, 6),
    NUMBER_WORDS(NUMBERS, 0, 1, 2, 3, 5, 8),
    LONGEST_NUMBER(NUMBERS, 0, 1, 2, 3, 4, 5, 7, 10, 20),
    ALL_DIGITS(NUMBERS, 0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 40, 100, 400),
    DIGIT_SHARE(NUMBERS, 0, .02, .05, .1, .2, .4, .6),
    DECIMALS(NUMBERS, 0, 1, 2, 4, 10),
    FRACTIONS(NUMBERS, 0, 1, 2, 4),
    NEGATIVES(NUMBERS, 0, 1, 2, 4, 10),
    PERCENTAGES(NUMBERS, 0, 1, 2, 4),
    MONEY(NUMBERS, 0, 1, 2, 4),
    UNITS(NUMBERS, 0, 1, 2, 4),
    SENTENCES_WITH_NUMBERS(NUMBERS, 0, 1, 2, 3, 4, 6),

    LATEX_COMMANDS(MATHEMATICS, 0, 1, 3, 8, 20),
    DOLLAR_FORMULAS(MATHEMATICS, 0, 1, 2, 4, 8),
    MATH_SYMBOLS(MATHEMATICS, 0, 1, 3, 8),
    EQUATIONS(MATHEMATICS, 0, 1, 2, 4, 8),
    VARIABLES(MATHEMATICS, 0, 1, 3, 6, 12, 30),
    MATH_WORDS(MATHEMATICS, 0, 1, 2, 4, 8),

    CODE_FENCES(CODE, 0, 1, 2, 4),
    CODE_WORDS(CODE, 0, 1, 3, 6, 12, 25),
    CODE_SYMBOLS(CODE, 0, .01, .03, .06, .1, .2),
    INDENTED_LINES(CODE, 0, 1, 4, 10, 30),
    CALLS(CODE, 0, 1, 3, 8, 20),
    ALGORITHM_WORDS(CODE, 0, 1, 2, 4, 8),
    LOG_LINES(CODE, 0, 1, 4, 20),

    QUESTION_MARKS(QUESTION, 0, 1, 2, 4),
    FACT_QUESTIONS(QUESTION, 0, 1, 2),
    WHY_QUESTIONS(QUESTION, 0, 1, 2),
    HOW_MANY(QUESTION, 0, 1, 2),
    OPTIONS(QUESTION, 0, 2, 4, 5, 8, 10),
    BLANKS(QUESTION, 0, 1, 3),

    PROVE(TASK, 0, 1, 2),
    COMPUTE(TASK, 0, 1, 2, 4),
    OPTIMISE(TASK, 0, 1, 2, 4),
    EXPLAIN(TASK, 0, 1, 2),
    TRANSLATE(TASK, 0, 1, 2),
    REWRITE(TASK, 0, 1, 2),
    COMPOSE(TASK, 0, 1, 2),
    CLASSIFY(TASK, 0, 1, 2),
    TRACE(TASK, 0, 1, 2, 4),
    INSTRUCTIONS(TASK, 0, 2, 4, 8),
    EXAMPLES(TASK, 0, 1, 2, 4),
    JSON_ASKED(TASK, 0, 1, 2),

    SCIENCE(SUBJECT, 0, 1, 2, 4, 8),
    MEDICINE(SUBJECT, 0, 1, 2, 4, 8),
    LAW(SUBJECT, 0, 1, 2, 4, 8),
    ECONOMICS(SUBJECT, 0, 1, 2, 4, 8),
    HUMANITIES(SUBJECT, 0, 1, 2, 4, 8),

    CONDITIONS(LOGIC, 0, 1, 2, 4, 8),
    QUANTIFIERS(LOGIC, 0, 1, 2, 4, 8, 16),
    NEGATIONS(LOGIC, 0, 1, 2, 4, 8),
    COMPARISONS(LOGIC, 0, 1, 2, 4, 8),
    ORDERINGS(LOGIC, 0, 1, 2, 4, 8),
    PUZZLE_WORDS(LOGIC, 0, 1, 2, 4, 8),

    LINES(LAYOUT, 1, 2, 4, 8, 15, 30, 80),
    PARAGRAPHS(LAYOUT, 1, 2, 3, 5, 10),
    LONGEST_LINE(LAYOUT, 20, 60, 120, 250, 500, 1000),
    LIST_ITEMS(LAYOUT, 0, 1, 3, 6, 12),
    GRID_LINES(LAYOUT, 0, 2, 4, 8, 16, 30),
    BRACKET_ROWS(LAYOUT, 0, 1, 3, 6, 12),
    BOX_DRAWING(LAYOUT, 0, 1, 20, 100),
    ARROWS(LAYOUT, 0, 1, 4, 10),
    QUOTES(LAYOUT, 0, 1, 2, 4, 10),
    COMMAS(LAYOUT, 0, 1, 3, 6, 12, 30, 80),
    SYMBOL_SHARE(LAYOUT, .02, .05, .1, .2, .35, .6),

    NON_ASCII(LANGUAGE, 0, .01, .05, .2, .5, .9),
    IDEOGRAPHS(LANGUAGE, 0, .1, .3, .7),
    OTHER_SCRIPTS(LANGUAGE, 0, .1, .3, .7),
    EMOJI(LANGUAGE, 0, 1, 3, 10, 50),

    GREETINGS(CHATTER, 0, .1, .25, .5, 1),
    THANKS(CHATTER, 0, .1, .25, .5, 1),
    EXCLAMATIONS(CHATTER, 0, 1, 2, 4),

    USER_TURNS(CONVERSATION, 1, 2, 4, 10),
    MESSAGES(CONVERSATION, 1, 2, 4, 10, 30),
    SYSTEM_CHARS(CONVERSATION, 0, 100, 1000, 10000),
    TOOLS(CONVERSATION, 0, 1, 4, 16),
    TOOL_RESULTS(CONVERSATION, 0, 1, 4),
    IMAGES(CONVERSATION, 0, 1, 3),
    STRUCTURED(CONVERSATION, 0, 1);

    /// How many structural features there are.
    public static final int COUNT = values().length;

    private final Topic topic;

    @SuppressWarnings("ImmutableEnumChecker") // written by the constructor only
    private final float[] cuts;

    Structure(Topic topic, double... cuts) {
        this.topic = topic;
        this.cuts = new float[cuts.length];
        for (int i = 0; i < cuts.length; i++) {
            this.cuts[i] = (float) cuts[i];
        }
    }

    /// The position in arrays by feature.
    @SuppressWarnings("EnumOrdinal") // the hot path uses arrays where others use maps
    public int index() {
        return ordinal();
    }

    /// What the feature is about.
    public Topic topic() {
        return topic;
    }

    /// The rising values between which a head's response is linear; nobody writes to it.
    public float[] cuts() {
        return cuts;
    }

    /// How many numbers encode the feature: one per stretch between two cuts.
    public int width() {
        return cuts.length - 1;
    }
}
