package io.pointsman.serving.chat.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The functions that templates may call: Jinja's, and those that Hugging Face adds.
final class Functions {

    private static final int LONGEST_RANGE = 100_000;

    private Functions() {}

    /// All of them, for one rendering at `now`.
    static Map<String, Object> at(LocalDateTime now) {
        return Map.of(
                "range",
                (Callable) Functions::range,
                "namespace",
                (Callable) Functions::namespace,
                "dict",
                (Callable) Functions::dictionary,
                "raise_exception",
                (Callable) Functions::raise,
                "strftime_now",
                (Callable) arguments -> Formats.time(now, arguments.text(0, "format", "%Y-%m-%d")),
                "cycler",
                (Callable) _ -> unsupported("cycler"),
                "joiner",
                (Callable) _ -> unsupported("joiner"));
    }

    private static Object unsupported(String name) {
        throw new TemplateException("the function '" + name + "' is not supported");
    }

    private static Object raise(CallArguments arguments) {
        throw TemplateException.raised(arguments.text(0, "message", "the chat template refuses"));
    }

    private static Namespace namespace(CallArguments arguments) {
        var attributes = new LinkedHashMap<String, Object>();
        if (!arguments.positional().isEmpty()
                && arguments.positional().getFirst() instanceof Map<?, ?> entries) {
            entries.forEach((key, value) -> attributes.put(Values.text(key), value));
        }
        attributes.putAll(arguments.named());
        return new Namespace(attributes);
    }

    private static Map<Object, Object> dictionary(CallArguments arguments) {
        var entries = new LinkedHashMap<Object, Object>();
        if (!arguments.positional().isEmpty()) {
            if (arguments.positional().getFirst() instanceof Map<?, ?> given) {
                entries.putAll(given);
            } else {
                for (var pair : Values.items(arguments.positional().getFirst())) {
                    entries.put(Members.item(pair, 0L), Members.item(pair, 1L));
                }
            }
        }
        entries.putAll(arguments.named());
        return entries;
    }

    private static List<Object> range(CallArguments arguments) {
        boolean fromZero = arguments.positional().size() == 1;
        long from = fromZero ? 0 : Values.index(arguments.required(0, "start"));
        long to = Values.index(arguments.required(fromZero ? 0 : 1, "stop"));
        long step = arguments.integer(2, "step", 1);
        if (step == 0) {
            throw new TemplateException("a range has a step of zero");
        }
        long size = Math.max(0, Math.ceilDiv(step > 0 ? to - from : from - to, Math.abs(step)));
        if (size > LONGEST_RANGE) {
            throw new TemplateException("a range is longer than " + LONGEST_RANGE);
        }
        var range = new ArrayList<>((int) size);
        for (long i = 0; i < size; i++) {
            range.add(from + i * step);
        }
        return range;
    }
}
