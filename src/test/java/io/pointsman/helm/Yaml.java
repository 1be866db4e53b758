package io.pointsman.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// YAML as maps, lists and scalars.
final class Yaml {

    private Yaml() {}

    /// The documents in `text` that hold anything.
    static List<Map<String, Object>> documents(String text) {
        var documents = new ArrayList<Map<String, Object>>();
        for (var document : parser().loadAll(text)) {
            if (document != null) {
                documents.add(map(document));
            }
        }
        return List.copyOf(documents);
    }

    static Map<String, Object> read(Path file) throws IOException {
        return map(parser().load(Files.readString(file)));
    }

    static String write(Map<String, Object> map) {
        return parser().dump(map);
    }

    /// What Helm makes of `base` under `over`: maps are merged, all else is replaced.
    static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> over) {
        var merged = new LinkedHashMap<>(base);
        over.forEach((key, value) -> {
            var old = merged.get(key);
            merged.put(
                    key,
                    old instanceof Map && value instanceof Map
                            ? merged(map(old), map(value))
                            : value);
        });
        return merged;
    }

    /// `value`, which is a map by strings.
    @SuppressWarnings("unchecked") // YAML's keys are strings here; another fails where it is read
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static org.yaml.snakeyaml.Yaml parser() {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
    }
}
