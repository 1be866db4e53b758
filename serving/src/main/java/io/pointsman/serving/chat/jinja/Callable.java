package io.pointsman.serving.chat.jinja;

/// What may be called: a function, a macro, or a method of a value.
@FunctionalInterface
interface Callable {

    Object call(CallArguments arguments);
}
