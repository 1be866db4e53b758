package io.pointsman.serving.chat.jinja;

/// A template that is not one, or that cannot be rendered with what it was given. The message says
/// in which line; where the template itself refuses, it is the template's own.
public final class TemplateException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final boolean complete;

    TemplateException(String message) {
        this(message, false);
    }

    private TemplateException(String message, boolean complete) {
        super(message);
        this.complete = complete;
    }

    /// What a template says with `raise_exception`.
    static TemplateException raised(String message) {
        return new TemplateException(message, true);
    }

    /// The same, with the line, unless that is said already.
    TemplateException at(int line) {
        return complete
                ? this
                : new TemplateException(
                        "line %d of the chat template: %s".formatted(line, getMessage()), true);
    }
}
