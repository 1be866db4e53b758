package io.pointsman.serving.chat.jinja;

import java.util.List;

/// What a loop's body sees as `loop`. Confined to one rendering.
final class Loop {

    private final List<Object> items;
    private int index = -1;
    private Object last = new Undefined("loop.changed");

    Loop(List<Object> items) {
        this.items = items;
    }

    /// Goes on to the next item.
    Object next() {
        return items.get(++index);
    }

    Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> 1L;
            case "depth0" -> 0L;
            case "previtem" -> index == 0 ? new Undefined(name) : items.get(index - 1);
            case "nextitem" ->
                    index == items.size() - 1 ? new Undefined(name) : items.get(index + 1);
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> new Undefined(name);
        };
    }

    private Object cycle(CallArguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("loop.cycle has nothing to go through");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private boolean changed(CallArguments arguments) {
        Object now = arguments.positional();
        boolean changed = last instanceof Undefined || !Values.equal(last, now);
        last = now;
        return changed;
    }
}
