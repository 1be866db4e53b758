package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pointsman.policies.yaml.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `docs` says of the configuration is what the loader does.
class DocumentationTest {

    private static final Path DOCS = Path.of("../docs");
    private static final String NO_KEY = "zzzzzzzzzzzz";

    @ParameterizedTest
    @ValueSource(strings = {"openai-deepseek.yaml", "vllm.yaml", "ollama.yaml"})
    void hasExamplesThatLoad(String name) {
        var config = GatewayConfigLoader.load(DOCS.resolve("examples").resolve(name));

        assertThat(config.pools()).containsOnlyKeys("fast", "reasoner");
        assertThat(config.policies().policy().route(Requests.hard()).pool()).isEqualTo("reasoner");
    }

    @Test
    void showsTheBuiltInConfiguration() throws IOException {
        assertThat(Files.readString(DOCS.resolve("configuration.md")))
                .contains(GatewayConfigLoader.builtInText());
    }

    @Test
    void namesEveryKey() throws IOException {
        var text = Files.readString(DOCS.resolve("configuration.md"));

        for (var object : objects()) {
            assertThat(object.keys()).allSatisfy(key -> assertThat(text).contains(key));
        }
    }

    @TestFactory
    Stream<DynamicTest> hasASchemaWithExactlyTheKeysOfTheLoader() {
        var objects = objects();
        assertThat(objects).hasSizeGreaterThan(12);
        return objects.stream()
                .map(object ->
                        DynamicTest.dynamicTest(
                                object.name(),
                                () -> assertThat(loaderKeys(object)).isEqualTo(object.keys())));
    }

    /// An object of the schema.
    ///
    /// @param name its path
    /// @param document a YAML document with `%s` where entries of the object go
    /// @param keys the keys that the schema knows there
    private record SchemaObject(String name, String document, Set<String> keys) {}

    private static List<SchemaObject> objects() {
        var schema = JsonMapper.builder().build().readTree(DOCS.resolve("pointsman.schema.json"));
        var objects = new ArrayList<SchemaObject>();
        collect(schema, schema, "", "{%s}", objects);
        return objects;
    }

    private static void collect(
            JsonNode schema,
            JsonNode raw,
            String name,
            String document,
            List<SchemaObject> objects) {
        var node = resolved(schema, raw);
        node.path("oneOf")
                .forEach(kind ->
                        collect(
                                schema,
                                kind,
                                name + "(" + kind.path("title").asString() + ")",
                                within(document, "kind: " + kind.path("title").asString() + ", %s"),
                                objects));
        if (node.has("properties")) {
            var keys = new TreeSet<String>(node.path("properties").propertyNames());
            objects.add(new SchemaObject(name.isEmpty() ? "top" : name, document, keys));
            for (var key : keys) {
                var below = within(document, key + ": {%s}");
                collect(
                        schema,
                        node.path("properties").path(key),
                        name + "." + key,
                        below,
                        objects);
            }
        }
        if (node.path("additionalProperties").isObject()) {
            var below = within(document, "some: {%s}");
            collect(schema, node.path("additionalProperties"), name + ".*", below, objects);
        }
        if (node.has("items")) {
            var below = document.replace("{%s}", "[{%s}]");
            collect(schema, node.path("items"), name + "[]", below, objects);
        }
    }

    private static String within(String document, String entry) {
        return document.replace("%s", entry);
    }

    private static JsonNode resolved(JsonNode schema, JsonNode node) {
        return node.has("$ref") ? schema.at(node.path("$ref").asString().substring(1)) : node;
    }

    private static Set<String> loaderKeys(SchemaObject object) {
        var text = object.document().replace("%s", NO_KEY + ": 1");
        var thrown =
                catchThrowableOfType(
                        ConfigException.class,
                        () -> GatewayConfigLoader.parse("pointsman.yaml", text));
        var said =
                thrown.problems().stream()
                        .filter(problem -> problem.at().path().endsWith(NO_KEY))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(text + "\n" + thrown.getMessage()))
                        .what();
        return new TreeSet<>(List.of(said.replaceFirst(".*known here: ", "").split(", ")));
    }
}
