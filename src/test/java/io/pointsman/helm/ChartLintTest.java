package io.pointsman.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChartLintTest {

    @TempDir Path folder;

    @Test
    void theDefaultsLint() throws IOException {
        assertThat(Chart.lint(Map.of(), folder)).noneMatch(ChartLintTest::complains);
    }

    @ParameterizedTest
    @MethodSource("completeValues")
    void completeValuesLint(Path values) throws IOException {
        assertThat(Chart.lint(Yaml.read(values), folder)).noneMatch(ChartLintTest::complains);
    }

    @Test
    void lintSeesWhatIsWrong() throws IOException {
        assertThat(Chart.lint(Map.of("replicas", "many"), folder))
                .anyMatch(ChartLintTest::complains);
    }

    @Test
    void theChartIsOfTheVersionThatTheBuildIs() throws IOException {
        var version = Yaml.read(Chart.FOLDER.resolve("Chart.yaml")).get("appVersion");
        assertThat(Files.readString(Chart.ROOT.resolve("pom.xml")))
                .containsPattern(
                        "<artifactId>pointsman-parent</artifactId>\\s*<version>"
                                + version
                                + "(-SNAPSHOT)?</version>");
    }

    @Test
    void templatesStayShort() throws IOException {
        try (var templates = Files.list(Chart.FOLDER.resolve("templates"))) {
            for (var template : templates.toList()) {
                assertThat(Files.readAllLines(template))
                        .as(template.toString())
                        .hasSizeLessThanOrEqualTo(150);
            }
        }
    }

    private static Stream<Path> completeValues() throws IOException {
        return Chart.completeValues();
    }

    private static boolean complains(String message) {
        return message.startsWith("[WARNING]") || message.startsWith("[ERROR]");
    }
}
