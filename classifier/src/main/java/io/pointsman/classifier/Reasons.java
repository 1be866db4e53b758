package io.pointsman.classifier;

import io.pointsman.classifier.features.Features;
import io.pointsman.classifier.features.Structure;
import io.pointsman.classifier.features.Topic;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says in plain ASCII words which topics moved a score most, strongest first. Speaks of counts and
/// kinds only, never in words of the prompt. Immutable, and safe for use by many threads: the words
/// are found when somebody first reads them, since most requests pass without. Until then it holds
/// the structural features, and nothing else of the prompt.
final class Reasons extends AbstractList<String> {

    private static final int MOST = 3;
    private static final float LEAST_CONTRIBUTION = 0.02f;

    private static final String[] NUMERALS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
    };

    private static final List<Topic> TOPICS = List.of(Topic.values());
    private static final List<Structure> FEATURES = List.of(Structure.values());

    private final Head head;
    private final float[] structure;
    private final boolean hard;
    private volatile @Nullable List<String> words;

    private Reasons(Head head, float[] structure, boolean hard) {
        this.head = head;
        this.structure = structure;
        this.hard = hard;
    }

    /// The strongest reasons why `head` finds the features hard, or easy.
    static List<String> of(Head head, Features features, boolean hard) {
        return new Reasons(head, features.structure(), hard);
    }

    @Override
    public String get(int index) {
        return words().get(index);
    }

    @Override
    public int size() {
        return words().size();
    }

    private List<String> words() {
        var found = words;
        if (found == null) {
            var features = Features.ofStructure(structure);
            found = new Wording(features, head.gap().contributions(features), hard).strongest();
            words = found;
        }
        return found;
    }

    /// Puts contributions into words.
    ///
    /// @param contributions how far each structural feature moved the score, by ordinal
    /// @param hard whether the score says so
    private record Wording(Features features, float[] contributions, boolean hard) {

        List<String> strongest() {
            var sums = new float[TOPICS.size()];
            for (var feature : FEATURES) {
                sums[feature.topic().index()] += pull(feature);
            }
            var topics = new ArrayList<>(TOPICS);
            topics.removeIf(topic -> sums[topic.index()] < LEAST_CONTRIBUTION);
            topics.sort(Comparator.comparingDouble(topic -> -sums[topic.index()]));
            var reasons = new ArrayList<String>(MOST);
            for (int i = 0; i < topics.size() && reasons.size() < MOST; i++) {
                var words = words(topics.get(i));
                if (!words.isEmpty()) {
                    reasons.add(words);
                }
            }
            return reasons.isEmpty() ? List.of(wording()) : List.copyOf(reasons);
        }

        private String wording() {
            return hard ? "wording of harder prompts" : "wording of easier prompts";
        }

        /// What is missing explains why a prompt is easy, never why it is hard.
        private String absence(String words) {
            return hard ? "" : words;
        }

        /// How far `feature` moves the score in the direction that is to be explained.
        private float pull(Structure feature) {
            float contribution = contributions[feature.index()];
            return hard ? contribution : -contribution;
        }

        private String words(Topic topic) {
            return switch (topic) {
                case LENGTH -> length();
                case ARITHMETIC -> arithmetic();
                case NUMBERS -> numbers();
                case MATHEMATICS -> strongestOf(topic, "no mathematical notation");
                case CODE -> strongestOf(topic, "no code");
                case QUESTION -> strongestOf(topic, "");
                case TASK -> strongestOf(topic, "");
                case SUBJECT -> strongestOf(topic, "no specialist subject");
                case LOGIC -> strongestOf(topic, "no conditions to combine");
                case LAYOUT -> strongestOf(topic, "plain layout");
                case LANGUAGE -> strongestOf(topic, "");
                case CHATTER -> strongestOf(topic, "");
                case CONVERSATION -> strongestOf(topic, "");
            };
        }

        private String length() {
            int words = count(Structure.WORDS);
            if (words <= 8 && value(Structure.GREETINGS) + value(Structure.THANKS) >= 0.25) {
                return "short greeting";
            }
            if (words == 0) {
                return "text without words";
            }
            if (words <= 15) {
                return "short text of " + plural(words, "word");
            }
            return (words > 250 ? "long text of " : "text of ") + plural(words, "word");
        }

        private String arithmetic() {
            int operands = count(Structure.OPERANDS);
            if (operands < 2) {
                return absence("no arithmetic written out");
            }
            int digits = count(Structure.OPERAND_DIGITS);
            var text = numeral(operands) + " operands of " + upTo(digits);
            return count(Structure.PRODUCTS) > 0 ? text + " with a product" : text;
        }

        private String upTo(int digits) {
            var text = plural(digits, "digit");
            return digits == count(Structure.SECOND_OPERAND_DIGITS) ? text : "up to " + text;
        }

        private String numbers() {
            int numbers = count(Structure.NUMBERS_SEEN);
            if (numbers == 0) {
                return absence("no numbers");
            }
            int digits = count(Structure.LONGEST_NUMBER);
            var size = plural(digits, "digit");
            return plural(numbers, "number") + (digits == 1 ? " of " : " of up to ") + size;
        }

        /// The topic's strongest feature that the text has; `absent` where it has none.
        private String strongestOf(Topic topic, String absent) {
            Structure strongest = null;
            for (var feature : FEATURES) {
                if (feature.topic() == topic
                        && value(feature) > feature.cuts()[0]
                        && !phrase(feature).isEmpty()
                        && (strongest == null || pull(feature) > pull(strongest))) {
                    strongest = feature;
                }
            }
            return strongest == null || pull(strongest) <= 0 ? absence(absent) : phrase(strongest);
        }

        private String phrase(Structure feature) {
            int count = count(feature);
            return switch (feature) {
                case LATEX_COMMANDS, DOLLAR_FORMULAS -> "LaTeX formulas";
                case MATH_SYMBOLS -> "mathematical symbols";
                case EQUATIONS -> plural(count, "equation");
                case VARIABLES -> "single-letter variables";
                case MATH_WORDS -> "terms of mathematics";
                case CODE_FENCES -> "fenced code";
                case CODE_WORDS -> "programming keywords";
                case CODE_SYMBOLS -> value(feature) >= 0.03 ? "symbols of code" : "";
                case INDENTED_LINES -> plural(count, "indented line");
                case CALLS -> "function calls or applications";
                case ALGORITHM_WORDS -> "terms of algorithms";
                case LOG_LINES -> "pasted log";
                case QUESTION_MARKS -> plural(count, "question");
                case FACT_QUESTIONS -> "asks for a fact";
                case WHY_QUESTIONS -> "asks why or how";
                case HOW_MANY -> "asks for a quantity";
                case OPTIONS -> plural(count, "answer option");
                case BLANKS -> "blanks to fill";
                case PROVE -> "asks for a proof or derivation";
                case COMPUTE -> "asks for a computation";
                case OPTIMISE -> "asks for an optimum";
                case EXPLAIN -> "asks for an explanation";
                case TRANSLATE -> "asks for a translation";
                case REWRITE -> "asks for an edit or summary";
                case COMPOSE -> "asks for a piece of writing";
                case CLASSIFY -> "asks for a classification";
                case TRACE -> "asks to follow a procedure";
                case INSTRUCTIONS -> "instructions on the answer's form";
                case EXAMPLES -> "examples given";
                case JSON_ASKED -> "structured data formats named";
                case SCIENCE -> "terms of natural science";
                case MEDICINE -> "terms of medicine";
                case LAW -> "terms of law";
                case ECONOMICS -> "terms of economics";
                case HUMANITIES -> "terms of the humanities";
                case CONDITIONS -> "conditions to combine";
                case QUANTIFIERS -> "quantifiers to combine";
                case NEGATIONS -> "negations to combine";
                case COMPARISONS -> "comparisons to combine";
                case ORDERINGS -> "positions or orderings";
                case PUZZLE_WORDS -> "terms of puzzles";
                case LINES -> plural(count, "line");
                case PARAGRAPHS -> plural(count, "paragraph");
                case LONGEST_LINE -> count >= 250 ? "long lines" : "";
                case LIST_ITEMS -> "list of " + plural(count, "item");
                case GRID_LINES -> "grid of " + plural(count, "line");
                case BRACKET_ROWS -> "matrix or list literals";
                case BOX_DRAWING -> "drawn diagram";
                case ARROWS -> "arrows";
                case QUOTES -> "quoted text";
                case COMMAS -> count >= 3 ? "enumerations" : "";
                case SYMBOL_SHARE -> value(feature) >= 0.2 ? "many symbols" : "";
                case NON_ASCII -> "characters beyond ASCII";
                case IDEOGRAPHS -> "text in ideographs";
                case OTHER_SCRIPTS -> "text in a non-Latin script";
                case EMOJI -> "emoji";
                case GREETINGS -> "greeting";
                case THANKS -> "small talk";
                case EXCLAMATIONS -> "exclamations";
                case USER_TURNS, MESSAGES -> "turn of a longer conversation";
                case SYSTEM_CHARS -> "system prompt present";
                case TOOLS -> plural(count, "tool") + " offered";
                case TOOL_RESULTS -> "tool results present";
                case IMAGES -> "images attached";
                case STRUCTURED -> "structured output asked for";
                default -> "";
            };
        }

        private float value(Structure feature) {
            return features.of(feature);
        }

        private int count(Structure feature) {
            return Math.round(value(feature));
        }

        private static String plural(int count, String noun) {
            return count == 1 ? "one " + noun : numeral(count) + " " + noun + "s";
        }

        private static String numeral(int count) {
            return count < NUMERALS.length ? NUMERALS[count] : Integer.toString(count);
        }
    }
}
