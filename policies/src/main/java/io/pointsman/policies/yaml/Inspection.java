package io.pointsman.policies.yaml;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Looks for what is wrong wherever it stands: tags, keys set twice, keys that are not text, merges
/// of what is not a map, and `${…}`. Visits a node once, however many aliases lead to it.
final class Inspection {

    private static final Set<Tag> PLAIN =
            Set.of(
                    Tag.NULL,
                    Tag.BOOL,
                    Tag.INT,
                    Tag.FLOAT,
                    Tag.TIMESTAMP,
                    Tag.STR,
                    Tag.SEQ,
                    Tag.MAP,
                    Tag.MERGE);

    private final Reading reading;
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    Inspection(Reading reading) {
        this.reading = reading;
    }

    void inspect(Node node, String path) {
        if (!seen.add(node)) {
            return;
        }
        if (!PLAIN.contains(node.getTag())) {
            problem(node, path, "has the tag " + node.getTag() + "; tags are not supported");
        }
        switch (node) {
            case MappingNode map -> inspectEntries(map, path);
            case SequenceNode list -> inspectItems(list, path);
            case ScalarNode scalar -> inspectText(scalar, path);
            default -> problem(node, path, "is not a map, a list or text");
        }
    }

    private void inspectEntries(MappingNode map, String path) {
        var lines = new HashMap<String, Integer>();
        for (var tuple : map.getValue()) {
            if (Reading.merges(tuple)) {
                inspectMerge(tuple, path);
            } else if (tuple.getKeyNode() instanceof ScalarNode key) {
                var below = YamlMap.join(path, key.getValue());
                var line = lines.putIfAbsent(key.getValue(), key.getStartMark().getLine() + 1);
                if (line != null) {
                    problem(key, below, "is set twice, first on line " + line);
                }
                inspectText(key, below);
                inspect(tuple.getValueNode(), below);
            } else {
                problem(tuple.getKeyNode(), path, "has a key that is not text");
            }
        }
    }

    private void inspectMerge(NodeTuple tuple, String path) {
        var value = tuple.getValueNode();
        var maps =
                switch (value) {
                    case MappingNode _ -> true;
                    case SequenceNode list ->
                            list.getValue().stream().allMatch(MappingNode.class::isInstance);
                    default -> false;
                };
        if (!maps) {
            problem(value, YamlMap.join(path, "<<"), "must be a map or a list of maps");
        }
        inspect(value, YamlMap.join(path, "<<"));
    }

    private void inspectItems(SequenceNode list, String path) {
        var items = list.getValue();
        for (var i = 0; i < items.size(); i++) {
            inspect(items.get(i), path + '[' + i + ']');
        }
    }

    private void inspectText(ScalarNode scalar, String path) {
        if (scalar.getValue().contains("${")) {
            problem(
                    scalar,
                    path,
                    "uses ${...}, which is not replaced here; where a key allows it, write"
                            + " {env: NAME} instead");
        }
    }

    private void problem(Node node, String path, String what) {
        reading.problem(node.getStartMark(), path, what);
    }
}
