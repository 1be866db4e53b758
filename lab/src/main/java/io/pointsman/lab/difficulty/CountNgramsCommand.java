package io.pointsman.lab.difficulty;

import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.NgramRarity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab count-ngrams`: counts how rare n-grams are, over public prompts. All heads and memories
/// must be made anew after it.
@Command(
        name = "count-ngrams",
        description = "Count how rare n-grams are, over public prompts.",
        mixinStandardHelpOptions = true)
public final class CountNgramsCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--data", required = true, description = "The folder of train-classifier.")
    private Path data;

    @Option(names = "--out", required = true, description = "The table to write.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        var prompts =
                new PublicData(data)
                        .prompts()
                        .map(prompt -> FeatureExtractor.extract(Conversation.ofPrompt(prompt)))
                        .flatMap(Optional::stream)
                        .toList();
        Files.write(out, NgramRarity.count(prompts));
        spec.commandLine().getOut().printf("%d prompts; wrote %s%n", prompts.size(), out);
        return 0;
    }
}
