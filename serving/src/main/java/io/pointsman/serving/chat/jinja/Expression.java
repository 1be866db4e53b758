package io.pointsman.serving.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What has a value.
sealed interface Expression {

    record Constant(Object value) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record Items(List<Expression> items) implements Expression {}

    record Pairs(List<Map.Entry<Expression, Expression>> pairs) implements Expression {}

    /// `target.name`
    record Attribute(Expression target, String name, int line) implements Expression {}

    /// `target[index]`
    record Index(Expression target, Expression index, int line) implements Expression {}

    /// `target[from:to:step]`
    record Slice(
            Expression target,
            Optional<Expression> from,
            Optional<Expression> to,
            Optional<Expression> step,
            int line)
            implements Expression {}

    record Call(Expression target, Arguments arguments, int line) implements Expression {}

    record Filter(Expression target, String name, Arguments arguments, int line)
            implements Expression {}

    record Test(Expression target, String name, Arguments arguments, boolean negated, int line)
            implements Expression {}

    record Negation(Expression operand) implements Expression {}

    record Minus(Expression operand, int line) implements Expression {}

    /// `+ - * / // % ** ~`
    record Arithmetic(String operator, Expression left, Expression right, int line)
            implements Expression {}

    /// `== != < <= > >= in` and `not in`
    record Comparison(String operator, Expression left, Expression right, int line)
            implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    /// `value if condition else otherwise`
    record Conditional(Expression condition, Expression value, Optional<Expression> otherwise)
            implements Expression {}

    /// What a call is given.
    record Arguments(List<Expression> positional, Map<String, Expression> named) {

        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
