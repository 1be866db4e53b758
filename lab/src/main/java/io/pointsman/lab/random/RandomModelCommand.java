package io.pointsman.lab.random;

import io.pointsman.lab.gguf.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `random-model`: writes a model of random weights.
@Command(
        name = "random-model",
        description = "Writes a GGUF file of random weights in the shape of a real model.",
        mixinStandardHelpOptions = true)
public final class RandomModelCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--shape",
            required = true,
            paramLabel = "NAME",
            description = "tiny, mini, qwen2.5-0.5b, r1-distill-qwen-1.5b and others")
    private String shape = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "of the matrices: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
    private Storage type = Storage.Q8_0;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the file")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(
            names = "--layers",
            paramLabel = "N",
            description = "instead of the shape's own number of layers")
    private int layers;

    /// Made by the command line.
    public RandomModelCommand() {}

    @Override
    public Integer call() throws IOException {
        var named =
                Shape.named(shape)
                        .orElseThrow(() ->
                                new CommandLine.ParameterException(
                                        spec.commandLine(),
                                        "there is no shape '%s'; there are %s"
                                                .formatted(
                                                        shape, String.join(", ", Shape.names()))));
        var file = Objects.requireNonNull(out);
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var told = new AtomicLong();
        new RandomModel(shape, layers == 0 ? named : named.withLayers(layers), type, seed)
                .write(
                        file,
                        percent -> {
                            if (percent / 10 > told.getAndSet(percent) / 10) {
                                System.out.println(percent + " %");
                            }
                        });
        System.out.printf("%s: %,d bytes%n", file, Files.size(file));
        return 0;
    }
}
