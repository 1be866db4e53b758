package io.pointsman.serving.grammar;

/// Reads one JSON object (RFC 8259) byte by byte and says of each whether it can be the next; a
/// pushdown automaton whose stack is the bits of a number. Confined to one thread.
///
/// Two bounds keep a model from going on forever without saying anything: blanks between tokens,
/// and depth.
final class JsonAutomaton {

    private static final int MOST_BLANKS = 32;
    private static final int MOST_DEPTH = 60;
    private static final String[] LITERALS = {"true", "false", "null"};

    private enum State {
        /// The object has not begun.
        START,
        /// After an opening brace.
        KEY_OR_END,
        /// After a comma in an object.
        KEY,
        COLON,
        VALUE,
        /// After an opening bracket.
        VALUE_OR_END,
        /// After a value.
        COMMA_OR_END,
        STRING,
        ESCAPE,
        HEX,
        LITERAL,
        MINUS,
        ZERO,
        DIGITS,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        DONE
    }

    private State state = State.START;

    /// One bit for each open container, the innermost last: 1 for an object.
    private long containers;

    private int depth;
    private int blanks;
    private boolean key;
    private int literal;
    private int count;

    /// Becomes what `other` is.
    void set(JsonAutomaton other) {
        state = other.state;
        containers = other.containers;
        depth = other.depth;
        blanks = other.blanks;
        key = other.key;
        literal = other.literal;
        count = other.count;
    }

    /// Whether the object is complete.
    boolean done() {
        return state == State.DONE;
    }

    /// Whether the next byte is inside a string, and not escaped.
    boolean inString() {
        return state == State.STRING;
    }

    /// Takes a byte if it can be the next; what follows one that cannot be is undefined.
    boolean accept(int c) {
        return switch (state) {
            case START -> c == '{' ? open(true) : blank(c);
            case KEY_OR_END ->
                    switch (c) {
                        case '"' -> string(true);
                        case '}' -> close(true);
                        default -> blank(c);
                    };
            case KEY -> c == '"' ? string(true) : blank(c);
            case COLON -> c == ':' ? to(State.VALUE) : blank(c);
            case VALUE -> value(c);
            case VALUE_OR_END -> c == ']' ? close(false) : value(c);
            case COMMA_OR_END -> commaOrEnd(c);
            case STRING ->
                    switch (c) {
                        case '"' -> key ? to(State.COLON) : to(State.COMMA_OR_END);
                        case '\\' -> to(State.ESCAPE);
                        default -> c >= 0x20;
                    };
            case ESCAPE -> {
                count = 4;
                yield c == 'u' ? to(State.HEX) : "\"\\/bfnrt".indexOf(c) >= 0 && to(State.STRING);
            }
            case HEX -> Character.digit(c, 16) >= 0 && (--count > 0 || to(State.STRING));
            case LITERAL -> {
                var text = LITERALS[literal];
                yield c == text.charAt(count)
                        && (++count < text.length() || to(State.COMMA_OR_END));
            }
            case MINUS -> firstDigit(c);
            case ZERO -> afterInteger(c);
            case DIGITS -> digit(c) || afterInteger(c);
            case POINT -> digit(c) && to(State.FRACTION);
            case FRACTION -> digit(c) || exponent(c) || commaOrEnd(c);
            case EXPONENT -> (c == '+' || c == '-') ? to(State.EXPONENT_SIGN) : exponentDigit(c);
            case EXPONENT_SIGN -> exponentDigit(c);
            case EXPONENT_DIGITS -> digit(c) || commaOrEnd(c);
            case DONE -> blank(c);
        };
    }

    private boolean value(int c) {
        return switch (c) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> string(false);
            case 't', 'f', 'n' -> {
                literal = c == 't' ? 0 : c == 'f' ? 1 : 2;
                count = 1;
                yield to(State.LITERAL);
            }
            case '-' -> to(State.MINUS);
            default -> firstDigit(c) || blank(c);
        };
    }

    private boolean firstDigit(int c) {
        return c == '0' ? to(State.ZERO) : digit(c) && to(State.DIGITS);
    }

    private boolean afterInteger(int c) {
        return c == '.' ? to(State.POINT) : exponent(c) || commaOrEnd(c);
    }

    private boolean exponent(int c) {
        return (c == 'e' || c == 'E') && to(State.EXPONENT);
    }

    private boolean exponentDigit(int c) {
        return digit(c) && to(State.EXPONENT_DIGITS);
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private boolean commaOrEnd(int c) {
        return switch (c) {
            case ',' -> to(inObject() ? State.KEY : State.VALUE);
            case '}' -> close(true);
            case ']' -> close(false);
            default -> {
                state = State.COMMA_OR_END;
                yield blank(c);
            }
        };
    }

    private boolean open(boolean object) {
        if (depth == MOST_DEPTH) {
            return false;
        }
        containers = containers << 1 | (object ? 1 : 0);
        depth++;
        return to(object ? State.KEY_OR_END : State.VALUE_OR_END);
    }

    private boolean close(boolean object) {
        if (object != inObject()) {
            return false;
        }
        containers >>>= 1;
        return to(--depth == 0 ? State.DONE : State.COMMA_OR_END);
    }

    private boolean inObject() {
        return (containers & 1) == 1;
    }

    private boolean string(boolean isKey) {
        key = isKey;
        return to(State.STRING);
    }

    private boolean blank(int c) {
        return (c == ' ' || c == '\n' || c == '\t' || c == '\r') && blanks++ < MOST_BLANKS;
    }

    private boolean to(State next) {
        state = next;
        blanks = 0;
        return true;
    }
}
