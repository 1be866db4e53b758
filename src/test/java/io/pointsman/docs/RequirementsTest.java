package io.pointsman.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/requirements.md` names exactly the numbered tests that there are.
class RequirementsTest {

    private static final Path ROOT = root();

    /// A test method whose name begins with the number of what it shows.
    private static final Pattern NUMBERED =
            Pattern.compile("^    void (t\\d{2}_\\w+)\\(", Pattern.MULTILINE);

    private static final Pattern ROW = Pattern.compile("^\\| T(\\d+) \\|", Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(t\\d{2}_\\w+)`");

    @Test
    void everyRequirementHasARow() throws IOException {
        var rows =
                ROW.matcher(table()).results().map(row -> Integer.valueOf(row.group(1))).toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        IntStream.concat(
                                        IntStream.rangeClosed(1, 40), IntStream.rangeClosed(55, 60))
                                .boxed()
                                .toList());
    }

    @Test
    void everyRowNamesItsTests() throws IOException {
        for (var row : table().lines().filter(line -> line.startsWith("| T")).toList()) {
            var number =
                    "t%02d_".formatted(Integer.parseInt(row.substring(3, row.indexOf(' ', 3))));

            assertThat(NAMED.matcher(row).results().map(match -> match.group(2)).toList())
                    .as(row)
                    .isNotEmpty()
                    .allMatch(method -> method.startsWith(number));
        }
    }

    @Test
    void theTableNamesTheTestsThatThereAre() throws IOException {
        Set<String> named = new TreeSet<>();
        NAMED.matcher(table())
                .results()
                .forEach(match -> named.add(match.group(1) + '#' + match.group(2)));

        assertThat(named).isEqualTo(numberedTests());
    }

    private static String table() throws IOException {
        return Files.readString(ROOT.resolve("docs/requirements.md"));
    }

    private static Set<String> numberedTests() throws IOException {
        var tests = new TreeSet<String>();
        for (var file : testSources()) {
            var type = file.getFileName().toString().replace(".java", "");
            NUMBERED.matcher(read(file))
                    .results()
                    .forEach(match -> tests.add(type + '#' + match.group(1)));
        }
        return tests;
    }

    private static List<Path> testSources() throws IOException {
        var sources = new ArrayList<Path>();
        Files.walkFileTree(
                ROOT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        var name = folder.getFileName().toString();
                        return name.startsWith(".") || name.equals("target")
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().endsWith("Test.java")
                                || file.toString().endsWith("Contract.java")) {
                            sources.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .filter(folder -> Files.exists(folder.resolve("CHANGELOG.md")))
                .findFirst()
                .orElseThrow();
    }
}
