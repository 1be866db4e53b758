package io.pointsman.serving.chat.jinja;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;

/// A chat template, read once and rendered often; immutable.
///
/// It is written in Jinja as `transformers` understands it: `trim_blocks` and `lstrip_blocks`, loop
/// controls, and the functions `raise_exception` and `strftime_now`. What a template is given it
/// cannot change.
///
/// [Jinja](https://jinja.palletsprojects.com/en/stable/templates/), [chat
/// templates](https://huggingface.co/docs/transformers/chat_templating_writing)
public final class Template {

    private static final int LONGEST = 1 << 20;

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = List.copyOf(statements);
    }

    /// Reads a template.
    ///
    /// @throws TemplateException where it is not one; the message says in which line
    public static Template parse(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException("the chat template is longer than a MiB");
        }
        return new Template(new Parser(source).parse());
    }

    /// Renders it.
    ///
    /// @param variables what it sees, as JSON has them: maps, lists, texts, numbers, truth values
    ///   and null
    /// @param now what `strftime_now` tells
    /// @throws TemplateException where it raises, asks for what there is not, or takes too much
    ///   time or memory
    public String render(Map<String, ?> variables, LocalDateTime now) {
        var scope = new Scope(Functions.at(now));
        variables.forEach((name, value) -> scope.set(name, Values.of(value)));
        return new Interpreter().run(statements, scope);
    }
}
