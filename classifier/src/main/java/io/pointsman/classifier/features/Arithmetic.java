package io.pointsman.classifier.features;

import io.pointsman.classifier.features.Lexicon.Group;

/// Follows numbers and operators through a text: `4738 + 2915 - 386`, `12 times 345`, `the product
/// of 12 and 345`. Confined to one call.
final class Arithmetic {

    private enum Operation {
        NONE,
        SUM,
        PRODUCT,
        QUOTIENT,
        POWER
    }

    /// The groups that name an operation.
    private static final long NAMES =
            bit(Group.PLUS) | bit(Group.MINUS) | bit(Group.TIMES) | bit(Group.DIVIDE);

    private int operands;
    private int longestDigits;
    private int secondDigits;
    private int chainDigits;
    private int longestChainDigits;
    private int chain;
    private int sums;
    private int products;
    private int productSize;
    private int quotients;
    private int powers;

    private int previousDigits;
    private Operation pending = Operation.NONE;
    private Operation announced = Operation.NONE;

    /// A number of `digits` digits.
    void number(int digits) {
        if (previousDigits > 0 && pending != Operation.NONE) {
            operation(previousDigits, digits);
        } else {
            chain = 1;
            chainDigits = digits;
        }
        previousDigits = digits;
        pending = Operation.NONE;
    }

    /// A symbol between words and numbers.
    void symbol(char symbol) {
        switch (symbol) {
            case '+', '-', '−', '–' -> infix(Operation.SUM);
            case '*', '×', '⋅', '·', '✕' ->
                    infix(pending == Operation.PRODUCT ? Operation.POWER : Operation.PRODUCT);
            case '/', '÷', ':' -> infix(Operation.QUOTIENT);
            case '^' -> infix(Operation.POWER);
            case '(', ')' -> {}
            default -> breakOff();
        }
    }

    /// A word, with its groups.
    void word(long groups, boolean lonelyX) {
        if ((groups & NAMES) != 0) {
            announced = named(groups);
            infix(announced);
        } else if (previousDigits > 0) {
            afterNumber(groups, lonelyX);
        }
    }

    private void afterNumber(long groups, boolean lonelyX) {
        if (lonelyX) {
            pending = Operation.PRODUCT;
        } else if (!in(groups, Group.CONNECTOR)) {
            breakOff();
        } else if (pending == Operation.NONE) {
            pending = announced;
        }
    }

    /// The end of a sentence or line.
    void end() {
        breakOff();
        announced = Operation.NONE;
    }

    void write(float[] values) {
        values[Structure.OPERANDS.index()] = operands;
        values[Structure.OPERAND_DIGITS.index()] = longestDigits;
        values[Structure.SECOND_OPERAND_DIGITS.index()] = secondDigits;
        values[Structure.OPERATION_DIGITS.index()] = longestChainDigits;
        values[Structure.SUMS.index()] = sums;
        values[Structure.PRODUCTS.index()] = products;
        values[Structure.PRODUCT_SIZE.index()] = productSize;
        values[Structure.QUOTIENTS.index()] = quotients;
        values[Structure.POWERS.index()] = powers;
    }

    private void operation(int left, int right) {
        chain++;
        chainDigits += right;
        operands = Math.max(operands, chain);
        longestDigits = Math.max(longestDigits, Math.max(left, right));
        secondDigits = Math.max(secondDigits, Math.min(left, right));
        longestChainDigits = Math.max(longestChainDigits, chainDigits);
        switch (pending) {
            case SUM -> sums++;
            case PRODUCT -> {
                products++;
                productSize = Math.max(productSize, left * right);
            }
            case QUOTIENT -> quotients++;
            case POWER -> powers++;
            case NONE -> {}
        }
    }

    private void infix(Operation operation) {
        if (previousDigits > 0) {
            pending = operation;
        }
    }

    private void breakOff() {
        previousDigits = 0;
        pending = Operation.NONE;
    }

    private static Operation named(long groups) {
        if (in(groups, Group.PLUS) || in(groups, Group.MINUS)) {
            return Operation.SUM;
        }
        return in(groups, Group.TIMES) ? Operation.PRODUCT : Operation.QUOTIENT;
    }

    private static boolean in(long groups, Group group) {
        return (groups & bit(group)) != 0;
    }

    private static long bit(Group group) {
        return 1L << group.index();
    }
}
