package io.pointsman.policies.yaml;

import java.util.List;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/// A YAML file as text: one document whose top is a map. It is composed to nodes and never
/// constructed, so that no tag can name a class and every value keeps its place.
public final class YamlFile {

    /// The longest file, in characters.
    public static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_NESTING = 32;
    private static final int MAX_ALIASES = 200;

    private YamlFile() {}

    /// Reads `text` with `reader`, which asks for every key that it knows; any other key is a
    /// problem, but for those of the top map that begin with `x-` (a place for anchors). After a
    /// problem the accessors give empty results, so that reading goes on and finds the others; what
    /// `reader` returns is then thrown away.
    ///
    /// @param file the name that problems give
    /// @throws ConfigException with every problem found
    public static <T> T read(String file, String text, Function<YamlMap, T> reader) {
        var reading = new Reading(file);
        var top = compose(reading, file, text);
        new Inspection(reading).inspect(top, "");
        if (!(top instanceof MappingNode map)) {
            reading.problem(top.getStartMark(), "", "the file must be a map of keys to values");
            reading.throwProblems();
            throw new AssertionError("a problem was noted");
        }
        var yaml = new YamlMap(map, "", reading);
        var result = reader.apply(yaml);
        yaml.refuseOthers();
        reading.throwProblems();
        return result;
    }

    private static Node compose(Reading reading, String file, String text) {
        if (text.length() > MAX_LENGTH) {
            throw refused(Position.of(file), "is longer than " + MAX_LENGTH + " characters");
        }
        try {
            var options = options();
            var parser = new ParserImpl(new StreamReader(text), options);
            var node = new Composer(parser, new Resolver(), options).getSingleNode();
            return node == null || node.getTag().equals(Tag.NULL) ? empty(top(file)) : node;
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            var at = mark == null ? Position.of(file) : reading.position(mark, "");
            throw refused(at, "not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw refused(Position.of(file), "not YAML: " + e.getMessage());
        }
    }

    private static Mark top(String file) {
        return new Mark(file, 0, 0, 0, new int[] {'\0'}, 0);
    }

    static MappingNode empty(Mark mark) {
        return new MappingNode(Tag.MAP, true, List.of(), mark, mark, FlowStyle.BLOCK);
    }

    private static ConfigException refused(Position at, String what) {
        return new ConfigException(List.of(new Problem(at, what)));
    }

    private static LoaderOptions options() {
        var options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_NESTING);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setCodePointLimit(MAX_LENGTH);
        options.setAllowRecursiveKeys(false);
        return options;
    }
}
