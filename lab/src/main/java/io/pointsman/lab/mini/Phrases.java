package io.pointsman.lab.mini;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// The many ways of asking for the same number.
///
/// In a story `{a}`, `{b}`, `{c}` are the operands, `{N}` and `{M}` two names, `{items}` some
/// things.
final class Phrases {
    static final List<String> SUMS =
            List.of(
                    "What is the sum of {a} and {b}?",
                    "Add {a} and {b}.",
                    "Add {a} to {b}.",
                    "{a} added to {b}",
                    "Find the sum of {a} and {b}.",
                    "sum of {a} and {b}");

    static final List<String> DIFFERENCES =
            List.of(
                    "What is the difference between {a} and {b}?",
                    "Subtract {b} from {a}.",
                    "Take {b} away from {a}.",
                    "difference between {a} and {b}",
                    "What is {b} less than {a}?");

    static final List<String> PRODUCTS =
            List.of(
                    "Multiply {a} by {b}.",
                    "What is the product of {a} and {b}?",
                    "product of {a} and {b}",
                    "Multiply {a} and {b}.",
                    "Find the product of {a} and {b}.");

    static final List<String> SUM_STORIES =
            List.of(
                    "{N} has {a} {items} and buys {b} more. How many {items} does {N} have now?",
                    "{N} has {a} {items} and gets {b} more. How many {items} does {N} have?",
                    "There are {a} {items} in one box and {b} in another. How many {items} are there in all?",
                    "{N} found {a} {items} in the morning and {b} in the afternoon. How many did {N} find?",
                    "A bus carries {a} people. {b} more people get on. How many people are on the bus?",
                    "{N} read {a} pages on Monday and {b} pages on Tuesday. How many pages is that in total?",
                    "There are {a} {items} on the table. {N} adds {b} more. How many {items} are on the table now?",
                    "{N} has {a} {items}. {M} has {b} {items}. How many {items} do they have together?",
                    "A shop sold {a} {items} yesterday and {b} today. How many {items} did it sell?",
                    "{N} picked {a} {items} and {M} picked {b}. How many {items} did they pick altogether?");

    static final List<String> DIFFERENCE_STORIES =
            List.of(
                    "{N} has {a} {items} and gives {b} to {M}. How many {items} are left?",
                    "{N} has {a} {items} and gives {b} away. How many {items} does {N} have now?",
                    "There were {a} {items} in the shop. {b} were sold. How many {items} remain?",
                    "{N} had {a} {items} and lost {b}. How many {items} does {N} still have?",
                    "A bus carries {a} people. {b} people get off. How many people are on the bus?",
                    "{N} has {a} {items} and {M} has {b}. How many more {items} does {N} have than {M}?",
                    "A book has {a} pages. {N} has read {b} of them. How many pages are left?",
                    "{N} baked {a} cakes and sold {b} of them. How many cakes are left?",
                    "There are {a} birds in a tree. {b} fly away. How many birds are still in the tree?",
                    "{N} has {a} dollars and spends {b} dollars. How many dollars are left?");

    static final List<String> PRODUCT_STORIES =
            List.of(
                    "There are {a} boxes with {b} {items} each. How many {items} are there?",
                    "{N} buys {a} bags of {b} {items}. How many {items} is that?",
                    "Each of {a} children has {b} {items}. How many {items} do they have altogether?",
                    "One ticket costs {b} dollars. How many dollars do {a} tickets cost?",
                    "{N} runs {b} miles a day for {a} days. How many miles is that in total?",
                    "There are {a} rows of {b} chairs. How many chairs are there in all?",
                    "{N} packs {b} {items} into each of {a} bags. How many {items} does {N} pack?",
                    "A box holds {b} {items}. How many {items} do {a} boxes hold?");

    static final List<String> ROWS_LESS =
            List.of(
                    "A shop has {a} boxes with {b} {items} each. It sells {c} {items}. How many {items} are left?",
                    "{N} buys {a} bags of {b} {items} and gives {c} {items} to {M}. How many {items} does {N} have now?",
                    "There are {a} rows of {b} chairs. {c} chairs are taken. How many chairs are free?",
                    "{N} packs {b} {items} into each of {a} boxes. {c} of the {items} are lost. How many {items} remain?",
                    "One ticket costs {b} dollars. {N} sells {a} tickets and spends {c} dollars. How many dollars are left?");

    static final List<String> ROWS_MORE =
            List.of(
                    "A shop has {a} boxes with {b} {items} each. It gets {c} more {items}. How many {items} are there now?",
                    "{N} buys {a} bags of {b} {items} and finds {c} more. How many {items} does {N} have?",
                    "There are {a} rows of {b} chairs and {c} more chairs in the hall. How many chairs are there in all?",
                    "{N} packs {b} {items} into each of {a} boxes. {M} has {c} {items}. How many {items} do they have together?",
                    "One ticket costs {b} dollars. {N} sells {a} tickets and has {c} dollars already. How many dollars is that in total?");

    static final List<String> MORE_LESS =
            List.of(
                    "{N} has {a} {items}, buys {b} more and gives {c} to {M}. How many {items} does {N} have now?",
                    "A shop had {a} {items}. It gets {b} more and sells {c}. How many {items} are left?",
                    "A train carries {a} people. {b} people get on and {c} get off. How many people are on the train?",
                    "{N} found {a} {items} in the morning and {b} in the afternoon, then lost {c}. How many {items} does {N} still have?",
                    "There were {a} books in a library. {b} new books came and {c} were sold. How many books remain?");

    static final List<String> LESS_LESS =
            List.of(
                    "{N} has {a} {items}, gives {b} to {M} and loses {c}. How many {items} does {N} have now?",
                    "A shop had {a} {items}. It sold {b} yesterday and {c} today. How many {items} are left?",
                    "A train carries {a} people. {b} get off, then {c} more get off. How many people are on the train?",
                    "A book has {a} pages. {N} read {b} pages on Monday and {c} on Tuesday. How many pages are left?",
                    "{N} has {a} dollars, spends {b} dollars on {items} and gives {c} dollars away. How many dollars are left?");

    private static final List<String> QUESTIONS =
            List.of(
                    "What is {e}?",
                    "What is {e}?",
                    "What is {e}?",
                    "what is {e}",
                    "What's {e}?",
                    "what's {e}?",
                    "{e}",
                    "{e}",
                    "{e} = ?",
                    "{e} =",
                    "{e}=",
                    "{e}=?",
                    "{e}?",
                    "Compute {e}.",
                    "Compute {e}",
                    "Calculate {e}.",
                    "Calculate {e}",
                    "Calculate: {e}",
                    "How much is {e}?",
                    "how much is {e}?",
                    "Please calculate {e}.",
                    "Please compute {e}",
                    "Can you tell me what {e} is?",
                    "Could you compute {e} for me?",
                    "Work out {e}.",
                    "Solve {e}",
                    "Solve: {e}",
                    "Tell me {e}.",
                    "Find {e}.",
                    "What does {e} equal?",
                    "What is the result of {e}?",
                    "What is the value of {e}?",
                    "Evaluate {e}.",
                    "Give me the answer to {e}.",
                    "I need to know {e}.",
                    "Do you know what {e} is?",
                    "Question: what is {e}? Answer:",
                    "Hey, what is {e}?",
                    "Hi! What is {e}?",
                    "Hello, how much is {e}?");

    private static final List<String> NAMES =
            List.of(
                    "Tom", "Anna", "Ben", "Mia", "Sam", "Lucy", "Max", "Emma", "Leo", "Sara",
                    "Jack", "Nina", "Paul", "Olivia", "Omar", "Mary");

    private static final List<String> ITEMS =
            List.of(
                    "apples",
                    "books",
                    "pens",
                    "marbles",
                    "cards",
                    "eggs",
                    "stamps",
                    "coins",
                    "oranges",
                    "balls",
                    "cookies",
                    "flowers",
                    "shells",
                    "toys",
                    "pencils",
                    "stickers");

    private Phrases() {}

    /// An expression with its operators as signs or as words.
    static String expression(RandomGenerator random, long a, char operator, long b) {
        var style = random.nextInt(10);
        return a + sign(operator, style) + b;
    }

    static String expression(
            RandomGenerator random, long a, char first, long b, char second, long c) {
        var style = random.nextInt(10);
        return a + sign(first, style) + b + sign(second, style) + c;
    }

    /// The expression inside a question.
    static String asked(String expression, RandomGenerator random) {
        return QUESTIONS.get(random.nextInt(QUESTIONS.size())).replace("{e}", expression);
    }

    static String filled(String phrase, RandomGenerator random, long... operands) {
        var name = random.nextInt(NAMES.size());
        var other = (name + 1 + random.nextInt(NAMES.size() - 1)) % NAMES.size();
        var text =
                phrase.replace("{N}", NAMES.get(name))
                        .replace("{M}", NAMES.get(other))
                        .replace("{items}", ITEMS.get(random.nextInt(ITEMS.size())));
        for (var index = 0; index < operands.length; index++) {
            text = text.replace("{" + (char) ('a' + index) + "}", Long.toString(operands[index]));
        }
        return text;
    }

    /// The prompt as careless people type it, now and then.
    static String roughened(String prompt, RandomGenerator random) {
        return switch (random.nextInt(24)) {
            case 0, 1 -> prompt.toLowerCase(Locale.ROOT);
            case 2 ->
                    prompt.endsWith("?") || prompt.endsWith(".")
                            ? prompt.substring(0, prompt.length() - 1)
                            : prompt;
            case 3 -> prompt + "\n";
            case 4 -> prompt + " Please answer with the number only.";
            case 5 -> prompt + " Thanks!";
            default -> prompt;
        };
    }

    private static String sign(char operator, int style) {
        return switch (operator) {
            case '+' -> style < 6 ? " + " : style < 8 ? "+" : " plus ";
            case '-' -> style < 6 ? " - " : style < 8 ? "-" : style < 9 ? " minus " : " − ";
            case '*' ->
                    switch (style) {
                        case 0, 1, 2 -> " * ";
                        case 3, 4 -> " x ";
                        case 5 -> " × ";
                        case 6, 7 -> "*";
                        case 8 -> " times ";
                        default -> " multiplied by ";
                    };
            default -> throw new IllegalArgumentException("no operator: " + operator);
        };
    }
}
