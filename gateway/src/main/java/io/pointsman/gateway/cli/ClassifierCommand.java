package io.pointsman.gateway.cli;

import io.pointsman.classifier.evaluation.LearnedLabel;
import io.pointsman.classifier.evaluation.LearningReport;
import io.pointsman.classifier.evaluation.OutputFile;
import io.pointsman.gateway.config.ConfigLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pointsman classifier`: looks into the classifier.
@Command(
        name = "classifier",
        description = "Look into the classifier.",
        mixinStandardHelpOptions = true)
public final class ClassifierCommand implements Runnable {

    @Spec private CommandSpec spec;

    private ClassifierCommand() {}

    /// The command with its subcommand `report`.
    ///
    /// @param memoryOf the memory's file that a configuration names, if any
    /// @param labels reads the labels in a memory's file; throws an [IllegalArgumentException] or
    ///   another exception of those that the entry point expects where the file is no memory
    static CommandLine with(
            Function<ConfigLocation, Optional<Path>> memoryOf,
            Function<Path, List<LearnedLabel>> labels,
            InstantSource clock) {
        return new CommandLine(new ClassifierCommand())
                .addSubcommand(new Report(memoryOf, labels, clock));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /// `pointsman classifier report`: what was learned, with pictures.
    @Command(
            name = "report",
            description = "Say what the classifier has learned, with pictures.",
            mixinStandardHelpOptions = true)
    static final class Report implements Callable<Integer> {

        private final Function<ConfigLocation, Optional<Path>> memoryOf;
        private final Function<Path, List<LearnedLabel>> labels;
        private final InstantSource clock;

        @Spec private CommandSpec spec;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description =
                        "The configuration that names the memory's file; else POINTSMAN_CONFIG, else"
                                + " ./pointsman.yaml.")
        private @Nullable Path config;

        @Option(names = "--memory", paramLabel = "FILE", description = "The memory's file itself.")
        private @Nullable Path memory;

        @Option(
                names = "--out",
                paramLabel = "FOLDER",
                description = "Write the pictures, as SVG, to this folder.")
        private @Nullable Path out;

        Report(
                Function<ConfigLocation, Optional<Path>> memoryOf,
                Function<Path, List<LearnedLabel>> labels,
                InstantSource clock) {
            this.memoryOf = memoryOf;
            this.labels = labels;
            this.clock = clock;
        }

        @Override
        public Integer call() {
            if (config != null && memory != null) {
                throw new ParameterException(
                        spec.commandLine(), "name either --config or --memory, not both");
            }
            var file = memory != null ? Optional.of(memory) : configured();
            if (file.isEmpty()) {
                return failed(
                        "the configuration keeps no memory in a file; set classifier.memory.file, or name one with --memory");
            }
            if (!Files.isRegularFile(file.get())) {
                return failed("there is no memory " + file.get() + ": nothing was learned yet");
            }
            try {
                report(file.get());
                return 0;
            } catch (UncheckedIOException e) {
                return failed(String.valueOf(e.getMessage()));
            }
        }

        private Optional<Path> configured() {
            return memoryOf.apply(
                    config != null
                            ? new ConfigLocation.InFile(config)
                            : ConfigLocation.find(System.getenv(), Path.of("")));
        }

        private void report(Path file) {
            var report = new LearningReport(labels.apply(file), clock.instant());
            var console = spec.commandLine().getOut();
            console.print(report.text());
            if (out != null) {
                var folder = created(out);
                report.pictures()
                        .forEach((name, picture) -> {
                            OutputFile.write("picture", picture, folder.resolve(name));
                            console.println("wrote " + folder.resolve(name));
                        });
            }
            console.flush();
        }

        private static Path created(Path folder) {
            try {
                return Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make the folder " + folder + ": " + e, e);
            }
        }

        private int failed(String message) {
            spec.commandLine().getErr().println(message);
            return 1;
        }
    }
}
