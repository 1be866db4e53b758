package io.pointsman.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What Helm makes of the chart with some values: release `edge` in namespace `models`.
///
/// @param manifests the resources
public record RenderedChart(List<Manifest> manifests) {

    private static final String RELEASE = "edge";
    private static final String NAMESPACE = "models";

    /// The oldest that the chart is for.
    private static final String KUBERNETES = "1.30.0";

    public RenderedChart {
        manifests = List.copyOf(manifests);
    }

    /// Renders the chart with `values` over its own, which are maps, lists and scalars as in YAML.
    ///
    /// @throws IllegalStateException with Helm's message, if it refuses them
    public static RenderedChart of(Map<String, Object> values) {
        return rendered(withValuesFile(values, file -> command(file).call()));
    }

    /// Renders the chart with the values in `file` over its own.
    ///
    /// @throws IllegalStateException with Helm's message, if it refuses them
    public static RenderedChart of(Path file) {
        return rendered(command(file).call());
    }

    /// What `helm install` would print, notes included, with `values` over the chart's own.
    static String install(Map<String, Object> values) {
        return withValuesFile(
                values,
                file ->
                        new Helm(Chart.FOLDER)
                                .install()
                                .withName(RELEASE)
                                .withNamespace(NAMESPACE)
                                .withKubeVersion(KUBERNETES)
                                .withValuesFile(file)
                                .clientOnly()
                                .dryRun()
                                .call()
                                .getOutput());
    }

    /// The text of `pointsman.yaml` in the ConfigMap.
    public String configuration() {
        return one("ConfigMap").text("data/pointsman.yaml");
    }

    /// The only resource of `kind`.
    Manifest one(String kind) {
        var found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " resources of kind " + kind);
        }
        return found.getFirst();
    }

    List<Manifest> all(String kind) {
        return manifests.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
    }

    Manifest named(String kind, String name) {
        return all(kind).stream()
                .filter(manifest -> manifest.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    private static RenderedChart rendered(String text) {
        return new RenderedChart(Yaml.documents(text).stream().map(Manifest::new).toList());
    }

    private static TemplateCommand command(Path file) {
        return new Helm(Chart.FOLDER)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(file);
    }

    private static String withValuesFile(Map<String, Object> values, Function<Path, String> use) {
        try {
            var file = Files.createTempFile("pointsman-values", ".yaml");
            try {
                Files.writeString(file, Yaml.write(values));
                return use.apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
