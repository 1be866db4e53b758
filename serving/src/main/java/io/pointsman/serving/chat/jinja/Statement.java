package io.pointsman.serving.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What writes, or decides what is written.
sealed interface Statement {

    record Text(String text) implements Statement {}

    record Output(Expression expression, int line) implements Statement {}

    /// The first branch whose condition holds.
    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    record For(
            List<String> names,
            Expression items,
            Optional<Expression> filter,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    /// `set a = value`, `set a, b = value`
    record Assign(List<String> names, Expression value, int line) implements Statement {}

    /// `set namespace.name = value`
    record AssignAttribute(String namespace, String name, Expression value, int line)
            implements Statement {}

    /// `set a | filter` … `endset`; a filter's target is what the one before it gives.
    record Capture(String name, List<Expression.Filter> filters, List<Statement> body)
            implements Statement {}

    /// `filter name` … `endfilter`
    record Filtered(List<Expression.Filter> filters, List<Statement> body) implements Statement {}

    record Macro(
            String name,
            List<String> parameters,
            Map<String, Expression> defaults,
            List<Statement> body)
            implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
