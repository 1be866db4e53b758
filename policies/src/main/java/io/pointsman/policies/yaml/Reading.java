package io.pointsman.policies.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// What is found while one file is read: the problems, and each map with what is merged into it.
/// Confined to the reading thread.
final class Reading {

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private final IdentityHashMap<MappingNode, SequencedMap<String, NodeTuple>> flattened =
            new IdentityHashMap<>();

    Reading(String file) {
        this.file = file;
    }

    Position position(Mark mark, String path) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1, path);
    }

    void problem(Position at, String what) {
        var problem = new Problem(at, what);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    void problem(Mark mark, String path, String what) {
        problem(position(mark, path), what);
    }

    void throwProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.stream()
                            .sorted(
                                    Comparator.comparingInt((Problem it) -> it.at().line())
                                            .thenComparingInt(it -> it.at().column()))
                            .toList());
        }
    }

    /// The entries of `node` by key, those of merged maps (`<<`) last; a key of its own wins over a
    /// merged one, and an earlier merged map over a later one.
    SequencedMap<String, NodeTuple> entries(MappingNode node) {
        var known = flattened.get(node);
        if (known != null) {
            return known;
        }
        var entries = new LinkedHashMap<String, NodeTuple>();
        flattened.put(node, entries);
        for (var tuple : node.getValue()) {
            if (!merges(tuple) && tuple.getKeyNode() instanceof ScalarNode key) {
                entries.putIfAbsent(key.getValue(), tuple);
            }
        }
        for (var tuple : node.getValue()) {
            if (merges(tuple)) {
                merged(tuple.getValueNode())
                        .forEach(source -> entries(source).forEach(entries::putIfAbsent));
            }
        }
        return entries;
    }

    /// Whether `tuple` is a `<<` entry.
    static boolean merges(NodeTuple tuple) {
        return tuple.getKeyNode().getTag().equals(Tag.MERGE);
    }

    private static List<MappingNode> merged(Node value) {
        return switch (value) {
            case MappingNode map -> List.of(map);
            case SequenceNode maps ->
                    maps.getValue().stream()
                            .filter(MappingNode.class::isInstance)
                            .map(MappingNode.class::cast)
                            .toList();
            default -> List.of();
        };
    }
}
