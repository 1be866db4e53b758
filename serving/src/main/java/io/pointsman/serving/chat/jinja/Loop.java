package io.pointsman.serving.chat.jinja;

import java.util.HashMap;
import java.util.List;

/// What a loop's body sees as `loop`. Confined to one rendering.
final class Loop {

    private final List<Object> items;
    private Object last = new Undefined("loop.changed");

    Loop(List<Object> items) {
        this.items = items;
    }

    Namespace at(int index) {
        var attributes = new HashMap<String, Object>();
        attributes.put("index", index + 1L);
        attributes.put("index0", (long) index);
        attributes.put("revindex", (long) items.size() - index);
        attributes.put("revindex0", items.size() - index - 1L);
        attributes.put("first", index == 0);
        attributes.put("last", index == items.size() - 1);
        attributes.put("length", (long) items.size());
        attributes.put("depth", 1L);
        attributes.put("depth0", 0L);
        attributes.put("previtem", index == 0 ? new Undefined("previtem") : items.get(index - 1));
        attributes.put(
                "nextitem",
                index == items.size() - 1 ? new Undefined("nextitem") : items.get(index + 1));
        attributes.put("cycle", (Callable) arguments -> cycle(index, arguments));
        attributes.put("changed", (Callable) this::changed);
        return new Namespace(attributes);
    }

    private static Object cycle(int index, CallArguments arguments) {
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
