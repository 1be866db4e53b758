package io.pointsman.lab.mini;

/// Written arithmetic, digit by digit from the lowest, as the reasoner works it.
///
/// Each column is one short equation whose result always has two digits: the carry (or borrow) and
/// the digit that stays. The same routine serves every task, and no step asks for more than a table
/// of two digits and a carry. A difference that ends with a borrow is negative, and is worked again
/// the other way round.
final class Columns {
    private Columns() {}

    /// `85+18: 5+8+0=13 8+1+1=10 =103`.
    static String sum(long a, long b) {
        var text = new StringBuilder().append(a).append('+').append(b).append(": ");
        var carry = 0L;
        for (var column = 0; column < Math.max(digits(a), digits(b)); column++) {
            var total = digit(a, column) + digit(b, column) + carry;
            text.append(digit(a, column)).append('+').append(digit(b, column));
            text.append('+').append(carry).append('=').append(total / 10).append(total % 10);
            text.append(' ');
            carry = total / 10;
        }
        return text.append('=').append(a + b).toString();
    }

    /// `79-73: 9-3-0=06 7-7-0=00 =06 =6`: the digits as they stand, then the number they make.
    ///
    /// A last borrow says that the difference is negative, and its size is what is missing to the
    /// next power of ten: `3-5: 3-5-0=18 =8 neg 0-8: 0-8-0=12 =2 =-2`.
    static String difference(long a, long b) {
        var columns = Math.max(digits(a), digits(b));
        if (a >= b) {
            return columns(a, b, columns) + stripped(a - b, columns);
        }
        var missing = power(columns) + a - b;
        return columns(a, b, columns)
                + padded(missing, columns)
                + " neg "
                + columns(0, missing, columns)
                + stripped(b - a, columns)
                + " =-"
                + (b - a);
    }

    /// `6*7=42` from the table, else one row for each digit of the second factor and their sum.
    static String product(long a, long b) {
        if (a <= 12 && b <= 12) {
            return a + "*" + b + "=" + a * b;
        }
        if (digits(a) < digits(b)) {
            return product(b, a);
        }
        if (b < 10) {
            return row(a, b);
        }
        return a
                + "*"
                + b
                + " ; "
                + row(a, b % 10)
                + " ; "
                + row(a, b / 10)
                + " ; "
                + sum(a * (b % 10), a * (b / 10) * 10);
    }

    /// Adds `b` to `a`, or takes it away, where `a` may be negative.
    static String step(long a, char operator, long b) {
        if (a >= 0) {
            return operator == '+' ? sum(a, b) : difference(a, b);
        }
        return operator == '+' ? difference(b, -a) : sum(-a, b) + " =" + (a - b);
    }

    private static String row(long a, long factor) {
        var text = new StringBuilder().append(a).append('*').append(factor).append(": ");
        var carry = 0L;
        for (var column = 0; column < digits(a); column++) {
            var total = digit(a, column) * factor + carry;
            text.append(digit(a, column)).append('*').append(factor).append('+').append(carry);
            text.append('=').append(total / 10).append(total % 10).append(' ');
            carry = total / 10;
        }
        return text.append('=') + stripped(a * factor, digits(a));
    }

    private static String columns(long a, long b, int columns) {
        var text =
                new StringBuilder().append(a).append('-').append(padded(b, a == 0 ? columns : 1));
        text.append(": ");
        var borrow = 0L;
        for (var column = 0; column < columns; column++) {
            var left = digit(a, column) - digit(b, column) - borrow;
            text.append(digit(a, column)).append('-').append(digit(b, column));
            text.append('-').append(borrow).append('=');
            borrow = left < 0 ? 1 : 0;
            text.append(borrow).append(left + 10 * borrow).append(' ');
        }
        return text.append('=').toString();
    }

    private static String stripped(long value, int columns) {
        var whole = padded(value, columns);
        return whole.length() > 1 && whole.startsWith("0") ? whole + " =" + value : whole;
    }

    private static String padded(long value, int columns) {
        var text = Long.toString(value);
        return "0".repeat(Math.max(0, columns - text.length())) + text;
    }

    private static long power(int columns) {
        var power = 1L;
        for (var column = 0; column < columns; column++) {
            power *= 10;
        }
        return power;
    }

    private static int digits(long value) {
        return Long.toString(value).length();
    }

    private static long digit(long value, int column) {
        var rest = value;
        for (var skipped = 0; skipped < column; skipped++) {
            rest /= 10;
        }
        return rest % 10;
    }
}
