package io.pointsman.serving.chat.jinja;

import io.pointsman.serving.chat.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs a template's statements. Confined to one rendering.
final class Interpreter {

    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Budget budget = new Budget();
    private StringBuilder out = new StringBuilder();

    String run(List<Statement> statements, Scope scope) {
        execute(statements, scope);
        return out.toString();
    }

    private Flow execute(List<Statement> statements, Scope scope) {
        budget.enter();
        for (var statement : statements) {
            budget.step();
            var flow = execute(statement, scope);
            if (flow != Flow.ON) {
                budget.leave();
                return flow;
            }
        }
        budget.leave();
        return Flow.ON;
    }

    private Flow execute(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text(var text) -> write(text);
            case Statement.Output(var expression, _) ->
                    write(Values.text(value(expression, scope)));
            case Statement.If branches -> {
                return branch(branches, scope);
            }
            case Statement.For loop -> loop(loop, scope);
            case Statement.Assign(var names, var expression, int line) ->
                    assign(names, value(expression, scope), scope, line);
            case Statement.AssignAttribute(var target, var name, var expression, int line) -> {
                if (!(scope.get(target) instanceof Namespace(var attributes))) {
                    throw at(line, "'" + target + "' is not a namespace");
                }
                attributes.put(name, value(expression, scope));
            }
            case Statement.Capture(var name, var filters, var body) ->
                    scope.set(name, captured(filters, body, scope));
            case Statement.Filtered(var filters, var body) ->
                    write(Values.text(captured(filters, body, scope)));
            case Statement.Macro macro ->
                    scope.set(macro.name(), (Callable) given -> call(macro, given, scope));
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private void write(String text) {
        budget.size(text.length());
        budget.checkLength((long) out.length() + text.length());
        out.append(text);
    }

    private Flow branch(Statement.If statement, Scope scope) {
        for (var branch : statement.branches()) {
            if (Values.isTrue(value(branch.condition(), scope))) {
                return execute(branch.body(), scope);
            }
        }
        return execute(statement.otherwise(), scope);
    }

    private void loop(Statement.For statement, Scope scope) {
        var items = at(statement.line(), () -> Values.items(value(statement.items(), scope)));
        if (statement.filter().isPresent()) {
            items = filtered(statement, items, scope);
        }
        if (items.isEmpty()) {
            execute(statement.otherwise(), scope.inner());
            return;
        }
        var loop = new Loop(items);
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            var inner = scope.inner();
            assign(statement.names(), loop.next(), inner, statement.line());
            inner.set("loop", loop);
            if (execute(statement.body(), inner) == Flow.BREAK) {
                break;
            }
        }
    }

    private List<Object> filtered(Statement.For statement, List<Object> items, Scope scope) {
        var kept = new ArrayList<>();
        for (var item : items) {
            budget.step();
            var inner = scope.inner();
            assign(statement.names(), item, inner, statement.line());
            if (Values.isTrue(value(statement.filter().orElseThrow(), inner))) {
                kept.add(item);
            }
        }
        return kept;
    }

    private void assign(List<String> names, Object value, Scope scope, int line) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), value);
            return;
        }
        var values = at(line, () -> Values.items(value));
        if (values.size() != names.size()) {
            throw at(line, "%d values for %d names".formatted(values.size(), names.size()));
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), values.get(i));
        }
    }

    /// What a body writes, through filters.
    private Object captured(List<Expression.Filter> filters, List<Statement> body, Scope scope) {
        Object value = written(body, scope.inner());
        for (var filter : filters) {
            var arguments = arguments(filter.arguments(), scope);
            var given = value;
            value = at(filter.line(), () -> Filters.apply(filter.name(), given, arguments));
        }
        return value;
    }

    private String written(List<Statement> body, Scope scope) {
        var before = out;
        out = new StringBuilder();
        execute(body, scope);
        var text = out.toString();
        out = before;
        return text;
    }

    private Object call(Statement.Macro macro, CallArguments given, Scope scope) {
        var inner = scope.inner();
        var parameters = macro.parameters();
        if (given.positional().size() > parameters.size()) {
            throw new TemplateException(
                    "%s takes no more than %d arguments"
                            .formatted(macro.name(), parameters.size()));
        }
        for (var name : given.named().keySet()) {
            if (!parameters.contains(name)) {
                throw new TemplateException(macro.name() + " takes no '" + name + "'");
            }
        }
        for (int i = 0; i < parameters.size(); i++) {
            var name = parameters.get(i);
            var value = given.get(i, name);
            @Nullable Expression otherwise = macro.defaults().get(name);
            inner.set(
                    name,
                    value.isPresent()
                            ? value.get()
                            : otherwise == null ? new Undefined(name) : value(otherwise, inner));
        }
        return written(macro.body(), inner);
    }

    private Object value(Expression expression, Scope scope) {
        budget.enter();
        budget.step();
        var value = evaluate(expression, scope);
        budget.leave();
        return value;
    }

    private Object evaluate(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant(var value) -> value;
            case Expression.Name(var name, _) -> scope.get(name);
            case Expression.Items(var items) -> values(items, scope);
            case Expression.Pairs(var pairs) -> map(pairs, scope);
            case Expression.Attribute(var target, var name, int line) -> {
                var value = value(target, scope);
                yield at(line, () -> Members.attribute(value, name));
            }
            case Expression.Index(var target, var index, int line) -> {
                var value = value(target, scope);
                var at = value(index, scope);
                yield at(line, () -> Members.item(value, at));
            }
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call(var target, var arguments, int line) ->
                    call(target, arguments, line, scope);
            case Expression.Filter(var target, var name, var arguments, int line) -> {
                var value = value(target, scope);
                var given = arguments(arguments, scope);
                yield sized(at(line, () -> Filters.apply(name, value, given)));
            }
            case Expression.Test(
                            var target,
                            var name,
                            var arguments,
                            boolean negated,
                            int line) -> {
                var value = value(target, scope);
                var given = arguments(arguments, scope);
                yield at(line, () -> Tests.holds(name, value, given)) != negated;
            }
            case Expression.Negation(var operand) -> !Values.isTrue(value(operand, scope));
            case Expression.Minus(var operand, int line) -> {
                var value = value(operand, scope);
                yield at(line, () -> Arithmetic.negated(value));
            }
            case Expression.Arithmetic(var operator, var left, var right, int line) ->
                    arithmetic(operator, value(left, scope), value(right, scope), line);
            case Expression.Comparison(var operator, var left, var right, int line) -> {
                var one = value(left, scope);
                var other = value(right, scope);
                yield at(line, () -> compare(operator, one, other));
            }
            case Expression.And(var left, var right) -> {
                var value = value(left, scope);
                yield Values.isTrue(value) ? value(right, scope) : value;
            }
            case Expression.Or(var left, var right) -> {
                var value = value(left, scope);
                yield Values.isTrue(value) ? value : value(right, scope);
            }
            case Expression.Conditional(var condition, var value, var otherwise) ->
                    Values.isTrue(value(condition, scope))
                            ? value(value, scope)
                            : otherwise.isPresent()
                                    ? value(otherwise.get(), scope)
                                    : new Undefined("the other case");
        };
    }

    private Object arithmetic(String operator, Object left, Object right, int line) {
        if (operator.equals("~")) {
            return sized(Values.text(left).concat(Values.text(right)));
        }
        return sized(at(line, () -> Arithmetic.apply(operator, left, right)));
    }

    private static boolean compare(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Values.equal(left, right);
            case "!=" -> !Values.equal(left, right);
            case "<" -> Values.compare(left, right) < 0;
            case "<=" -> Values.compare(left, right) <= 0;
            case ">" -> Values.compare(left, right) > 0;
            case ">=" -> Values.compare(left, right) >= 0;
            case "in" -> Values.contains(right, left);
            default -> !Values.contains(right, left);
        };
    }

    private Object call(Expression target, Arguments arguments, int line, Scope scope) {
        var function = value(target, scope);
        if (!(function instanceof Callable callable)) {
            throw at(
                    line,
                    function instanceof Undefined(var name)
                            ? "there is no function '" + name + "'"
                            : Values.kind(function) + " cannot be called");
        }
        var given = arguments(arguments, scope);
        return sized(at(line, () -> callable.call(given)));
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        var value = value(slice.target(), scope);
        var from = optional(slice.from(), scope);
        var to = optional(slice.to(), scope);
        var step = optional(slice.step(), scope);
        return sized(at(slice.line(), () -> Members.slice(value, from, to, step)));
    }

    private Optional<Object> optional(Optional<Expression> expression, Scope scope) {
        return expression.map(it -> value(it, scope));
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<>(expressions.size());
        for (var expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Map<Object, Object> map(List<Map.Entry<Expression, Expression>> pairs, Scope scope) {
        var map = new LinkedHashMap<Object, Object>();
        for (var pair : pairs) {
            var key = value(pair.getKey(), scope);
            if (key instanceof List || key instanceof Map) {
                throw new TemplateException(Values.kind(key) + " cannot be a key");
            }
            map.put(key, value(pair.getValue(), scope));
        }
        return map;
    }

    private CallArguments arguments(Arguments arguments, Scope scope) {
        if (arguments.positional().isEmpty() && arguments.named().isEmpty()) {
            return CallArguments.NONE;
        }
        var named = new LinkedHashMap<String, Object>();
        arguments.named().forEach((name, expression) -> named.put(name, value(expression, scope)));
        return new CallArguments(values(arguments.positional(), scope), named);
    }

    /// Pays for what was made.
    private Object sized(Object value) {
        switch (value) {
            case String text -> budget.size(text.length());
            case List<?> items -> budget.size(items.size());
            default -> {}
        }
        return value;
    }

    private interface Work<T> {
        T run();
    }

    /// Runs what may fail, so that the failure says where.
    private static <T> T at(int line, Work<T> work) {
        try {
            return work.run();
        } catch (TemplateException e) {
            throw e.at(line);
        }
    }

    private static TemplateException at(int line, String message) {
        return new TemplateException(message).at(line);
    }
}
