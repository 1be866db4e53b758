package io.pointsman.serving.chat.jinja;

import io.pointsman.serving.chat.jinja.Expression.Arguments;
import io.pointsman.serving.chat.jinja.Lexer.Kind;
import io.pointsman.serving.chat.jinja.Lexer.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a template's statements and expressions, by Jinja's grammar. Confined to one call.
final class Parser {

    private static final int MOST_DEPTH = 200;
    private static final Expression NOTHING = new Expression.Constant(None.NONE);
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final List<Token> tokens;
    private int at;
    private int depth;

    Parser(String template) {
        tokens = new Lexer(template).tokens();
    }

    List<Statement> parse() {
        var body = body(Set.of());
        if (token().kind() != Kind.END) {
            throw problem("unexpected '" + token().text() + "'");
        }
        return body;
    }

    /// Statements up to a block of one of these names, which is left where its name is next.
    private List<Statement> body(Set<String> ends) {
        deeper();
        var body = new ArrayList<Statement>();
        while (true) {
            var token = token();
            switch (token.kind()) {
                case TEXT -> {
                    body.add(new Statement.Text(token.text()));
                    at++;
                }
                case OUTPUT -> {
                    at++;
                    body.add(new Statement.Output(tuple(), token.line()));
                    close();
                }
                case BLOCK -> {
                    at++;
                    if (ends.contains(token().text())) {
                        depth--;
                        return body;
                    }
                    block(body);
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw problem("there is no " + String.join(" or ", ends));
                    }
                    depth--;
                    return body;
                }
            }
        }
    }

    private void block(List<Statement> body) {
        var name = take(Kind.NAME);
        switch (name.text()) {
            case "if" -> body.add(ifBlock());
            case "for" -> body.add(forBlock(name.line()));
            case "set" -> body.add(set(name.line()));
            case "macro" -> body.add(macro());
            case "filter" -> body.add(filterBlock());
            case "break" -> {
                body.add(new Statement.Break());
                close();
            }
            case "continue" -> {
                body.add(new Statement.Continue());
                close();
            }
            case "generation" -> {
                close();
                body.addAll(body(Set.of("endgeneration")));
                end();
            }
            default -> throw problem("there is no block '" + name.text() + "' here");
        }
    }

    private Statement ifBlock() {
        var branches = new ArrayList<Statement.Branch>();
        var otherwise = List.<Statement>of();
        var condition = tuple();
        close();
        while (true) {
            branches.add(new Statement.Branch(condition, body(Set.of("elif", "else", "endif"))));
            var next = take(Kind.NAME).text();
            if (next.equals("elif")) {
                condition = tuple();
                close();
                continue;
            }
            close();
            if (next.equals("else")) {
                otherwise = body(Set.of("endif"));
                end();
            }
            return new Statement.If(branches, otherwise);
        }
    }

    private Statement forBlock(int line) {
        var names = names();
        expect("in");
        var items = tupleWithoutCondition();
        Optional<Expression> filter = Optional.empty();
        if (accept("if")) {
            filter = Optional.of(expression());
        }
        accept("recursive");
        close();
        var body = body(Set.of("else", "endfor"));
        var otherwise = List.<Statement>of();
        if (take(Kind.NAME).text().equals("else")) {
            close();
            otherwise = body(Set.of("endfor"));
            take(Kind.NAME);
        }
        close();
        return new Statement.For(names, items, filter, body, otherwise, line);
    }

    private Statement set(int line) {
        var first = take(Kind.NAME).text();
        if (accept(".")) {
            var name = take(Kind.NAME).text();
            expect("=");
            var value = tuple();
            close();
            return new Statement.AssignAttribute(first, name, value, line);
        }
        var names = new ArrayList<>(List.of(first));
        while (accept(",")) {
            names.add(take(Kind.NAME).text());
        }
        if (accept("=")) {
            var value = tuple();
            close();
            return new Statement.Assign(names, value, line);
        }
        var filters = new ArrayList<Expression.Filter>();
        while (accept("|")) {
            filters.add(filter(NOTHING));
        }
        close();
        var body = body(Set.of("endset"));
        end();
        return new Statement.Capture(first, filters, body);
    }

    private Statement filterBlock() {
        var filters = new ArrayList<Expression.Filter>();
        do {
            filters.add(filter(NOTHING));
        } while (accept("|"));
        close();
        var body = body(Set.of("endfilter"));
        end();
        return new Statement.Filtered(filters, body);
    }

    private Statement macro() {
        var name = take(Kind.NAME).text();
        var parameters = new ArrayList<String>();
        var defaults = new LinkedHashMap<String, Expression>();
        expect("(");
        while (!accept(")")) {
            var parameter = take(Kind.NAME).text();
            parameters.add(parameter);
            if (accept("=")) {
                defaults.put(parameter, expression());
            }
            if (!token().is(")")) {
                expect(",");
            }
        }
        close();
        var body = body(Set.of("endmacro"));
        take(Kind.NAME);
        if (token().kind() == Kind.NAME) {
            at++;
        }
        close();
        return new Statement.Macro(name, parameters, defaults, body);
    }

    private List<String> names() {
        boolean parenthesized = accept("(");
        var names = new ArrayList<>(List.of(take(Kind.NAME).text()));
        while (accept(",")) {
            names.add(take(Kind.NAME).text());
        }
        if (parenthesized) {
            expect(")");
        }
        return names;
    }

    /// One expression, or several with commas, which make a tuple.
    private Expression tuple() {
        return tupleOf(expression());
    }

    private Expression tupleWithoutCondition() {
        return tupleOf(or());
    }

    private Expression tupleOf(Expression first) {
        if (!token().is(",")) {
            return first;
        }
        var items = new ArrayList<>(List.of(first));
        while (accept(",")) {
            if (token().kind() == Kind.CLOSE || token().is(")")) {
                break;
            }
            items.add(expression());
        }
        return new Expression.Items(items);
    }

    private Expression expression() {
        deeper();
        var value = or();
        while (accept("if")) {
            var condition = or();
            var otherwise =
                    accept("else") ? Optional.of(expression()) : Optional.<Expression>empty();
            value = new Expression.Conditional(condition, value, otherwise);
        }
        depth--;
        return value;
    }

    private Expression or() {
        var left = and();
        while (accept("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        var left = not();
        while (accept("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (!accept("not")) {
            return comparison();
        }
        deeper();
        var negation = new Expression.Negation(not());
        depth--;
        return negation;
    }

    private Expression comparison() {
        var left = sum();
        Optional<Expression> chain = Optional.empty();
        while (true) {
            int line = token().line();
            var operator = comparisonOperator();
            if (operator.isEmpty()) {
                return chain.orElse(left);
            }
            var right = sum();
            Expression link = new Expression.Comparison(operator, left, right, line);
            chain = Optional.of(chain.isPresent() ? new Expression.And(chain.get(), link) : link);
            left = right;
        }
    }

    private String comparisonOperator() {
        var token = token();
        if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
            at++;
            return token.text();
        }
        if (token.is("in")) {
            at++;
            return "in";
        }
        if (token.is("not") && tokens.get(at + 1).is("in")) {
            at += 2;
            return "not in";
        }
        return "";
    }

    private Expression sum() {
        var left = concatenation();
        while (token().is("+") || token().is("-")) {
            var operator = tokens.get(at++);
            left = arithmetic(operator, left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        var left = product();
        while (token().is("~")) {
            left = arithmetic(tokens.get(at++), left, product());
        }
        return left;
    }

    private Expression product() {
        var left = power();
        while (token().is("*") || token().is("/") || token().is("//") || token().is("%")) {
            var operator = tokens.get(at++);
            left = arithmetic(operator, left, power());
        }
        return left;
    }

    private Expression power() {
        var left = unary(true);
        while (token().is("**")) {
            left = arithmetic(tokens.get(at++), left, unary(true));
        }
        return left;
    }

    private static Expression arithmetic(Token operator, Expression left, Expression right) {
        return new Expression.Arithmetic(operator.text(), left, right, operator.line());
    }

    private Expression unary(boolean filters) {
        deeper();
        int line = token().line();
        Expression value;
        if (accept("-")) {
            value = new Expression.Minus(unary(false), line);
        } else if (accept("+")) {
            value = unary(false);
        } else {
            value = postfix(primary());
        }
        depth--;
        return filters ? filters(postfix(value)) : value;
    }

    private Expression primary() {
        var token = token();
        at++;
        return switch (token.kind()) {
            case NAME ->
                    switch (token.text()) {
                        case "true", "True" -> new Expression.Constant(true);
                        case "false", "False" -> new Expression.Constant(false);
                        case "none", "None" -> new Expression.Constant(None.NONE);
                        default -> new Expression.Name(token.text(), token.line());
                    };
            case STRING -> {
                var text = new StringBuilder(token.text());
                while (token().kind() == Kind.STRING) {
                    text.append(tokens.get(at++).text());
                }
                yield new Expression.Constant(text.toString());
            }
            case INTEGER -> new Expression.Constant(Long.parseLong(token.text()));
            case FLOAT -> new Expression.Constant(Double.parseDouble(token.text()));
            case OPERATOR ->
                    switch (token.text()) {
                        case "(" -> parenthesized();
                        case "[" -> list();
                        case "{" -> map();
                        default -> throw unexpected(token);
                    };
            default -> throw unexpected(token);
        };
    }

    private Expression parenthesized() {
        if (accept(")")) {
            return new Expression.Items(List.of());
        }
        var value = tuple();
        expect(")");
        return value;
    }

    private Expression list() {
        var items = new ArrayList<Expression>();
        while (!accept("]")) {
            items.add(expression());
            if (!token().is("]")) {
                expect(",");
            }
        }
        return new Expression.Items(items);
    }

    private Expression map() {
        var pairs = new ArrayList<Map.Entry<Expression, Expression>>();
        while (!accept("}")) {
            var key = expression();
            expect(":");
            pairs.add(Map.entry(key, expression()));
            if (!token().is("}")) {
                expect(",");
            }
        }
        return new Expression.Pairs(pairs);
    }

    private Expression postfix(Expression start) {
        var value = start;
        while (true) {
            int line = token().line();
            if (accept(".")) {
                var name = tokens.get(at++);
                if (name.kind() == Kind.INTEGER) {
                    var index = new Expression.Constant(Long.parseLong(name.text()));
                    value = new Expression.Index(value, index, line);
                } else if (name.kind() == Kind.NAME) {
                    value = new Expression.Attribute(value, name.text(), line);
                } else {
                    throw unexpected(name);
                }
            } else if (accept("[")) {
                value = subscript(value, line);
            } else if (token().is("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression target, int line) {
        Optional<Expression> from = Optional.empty();
        if (!token().is(":")) {
            from = Optional.of(tuple());
            if (accept("]")) {
                return new Expression.Index(target, from.get(), line);
            }
        }
        expect(":");
        var to = part();
        var step = accept(":") ? part() : Optional.<Expression>empty();
        expect("]");
        return new Expression.Slice(target, from, to, step, line);
    }

    private Optional<Expression> part() {
        return token().is(":") || token().is("]") ? Optional.empty() : Optional.of(expression());
    }

    private Arguments arguments() {
        expect("(");
        var positional = new ArrayList<Expression>();
        var named = new LinkedHashMap<String, Expression>();
        while (!accept(")")) {
            if (token().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
                var name = tokens.get(at).text();
                at += 2;
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!token().is(")")) {
                expect(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression filters(Expression start) {
        var value = start;
        while (true) {
            int line = token().line();
            if (accept("|")) {
                value = filter(value);
            } else if (accept("is")) {
                value = test(value, line);
            } else if (token().is("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression.Filter filter(Expression target) {
        var name = take(Kind.NAME);
        var arguments = token().is("(") ? arguments() : Arguments.NONE;
        return new Expression.Filter(target, name.text(), arguments, name.line());
    }

    private Expression test(Expression target, int line) {
        boolean negated = accept("not");
        var name = tokens.get(at++).text();
        var arguments = Arguments.NONE;
        var next = token();
        if (next.is("(")) {
            arguments = arguments();
        } else if ((next.kind() == Kind.NAME
                        && !Set.of("else", "or", "and", "if", "is", "not", "in")
                                .contains(next.text()))
                || next.kind() == Kind.STRING
                || next.kind() == Kind.INTEGER
                || next.kind() == Kind.FLOAT
                || next.is("[")
                || next.is("{")) {
            arguments = new Arguments(List.of(postfix(primary())), Map.of());
        }
        return new Expression.Test(target, name, arguments, negated, line);
    }

    private void end() {
        take(Kind.NAME);
        close();
    }

    private void close() {
        take(Kind.CLOSE);
    }

    private Token take(Kind kind) {
        var token = token();
        if (token.kind() != kind) {
            throw unexpected(token);
        }
        at++;
        return token;
    }

    private boolean accept(String operatorOrName) {
        if (token().is(operatorOrName)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String operatorOrName) {
        if (!accept(operatorOrName)) {
            throw problem("expected '%s', found '%s'".formatted(operatorOrName, token().text()));
        }
    }

    private void deeper() {
        if (++depth > MOST_DEPTH) {
            throw problem("it is nested too deeply");
        }
    }

    private Token token() {
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    private TemplateException unexpected(Token token) {
        return problem(
                token.kind() == Kind.END
                        ? "it ends too early"
                        : "unexpected '%s'"
                                .formatted(
                                        token.text().isEmpty()
                                                ? token.kind().name().toLowerCase(Locale.ROOT)
                                                : token.text()));
    }

    private TemplateException problem(String what) {
        return new TemplateException(what).at(token().line());
    }
}
