package io.pointsman.helm;

import java.util.List;
import java.util.Map;

/// A rendered resource.
///
/// @param content as parsed
record Manifest(Map<String, Object> content) {

    String kind() {
        return text("kind");
    }

    String name() {
        return text("metadata/name");
    }

    /// What stands at `path`, whose steps are names and, for lists, numbers, with slashes between.
    Object at(String path) {
        Object here = content;
        for (var step : path.split("/", -1)) {
            var next =
                    switch (here) {
                        case Map<?, ?> map -> map.get(step);
                        case List<?> list -> list.get(Integer.parseInt(step));
                        default -> null;
                    };
            if (next == null) {
                throw new AssertionError("there is no " + path + " in " + content);
            }
            here = next;
        }
        return here;
    }

    boolean has(String path) {
        var end = path.lastIndexOf('/');
        var parent = end < 0 ? content : Yaml.map(at(path.substring(0, end)));
        return parent.containsKey(path.substring(end + 1));
    }

    String text(String path) {
        return (String) at(path);
    }

    Map<String, Object> map(String path) {
        return Yaml.map(at(path));
    }

    List<Map<String, Object>> maps(String path) {
        return ((List<?>) at(path)).stream().map(Yaml::map).toList();
    }
}
