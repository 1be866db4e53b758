package io.pointsman.serving.chat.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a loop's body sees as `loop`. Confined to one rendering.
final class Loop {

    private final List<Object> items;
    private final int depth;
    private Object last = new Undefined("loop.changed");

    Loop(List<Object> items, int depth) {
        this.items = items;
        this.depth = depth;
    }

    Namespace at(int index) {
        var attributes =
                new HashMap<String, Object>(
                        Map.of(
                                "index",
                                index + 1L,
                                "index0",
                                (long) index,
                                "revindex",
                                (long) items.size() - index,
                                "revindex0",
                                items.size() - index - 1L,
                                "first",
                                index == 0,
                                "last",
                                index == items.size() - 1,
                                "length",
                                (long) items.size(),
                                "depth",
                                depth + 1L,
                                "depth0",
                                (long) depth));
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
