package io.pointsman.classifier;

import io.pointsman.classifier.features.NgramRarity;
import io.pointsman.classifier.kinds.KindClassifier;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.OutcomeMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds classifiers by what the configuration calls them.
public final class Classifiers {

    /// The head for any pair of large models, trained on public outcomes.
    public static final String GENERIC = "generic";

    /// The head for the bundled pair of tiny models.
    public static final String EMBEDDED = "embedded";

    private Classifiers() {}

    /// The names of the bundled heads.
    public static List<String> bundled() {
        return List.of(GENERIC, EMBEDDED);
    }

    /// The classifier with the bundled head of that name, else with the head in the file of that
    /// path, taken relative to `base`; what it learns is kept for this run alone.
    ///
    /// @throws InvalidHead where there is no such head, or none that fits this version
    public static DifficultyClassifier load(String nameOrPath, Path base) {
        return open(nameOrPath, base, MemorySettings.DEFAULT, Instant.EPOCH);
    }

    /// The same, with what it has learned before and learns from `now` on.
    ///
    /// @throws InvalidHead where there is no such head, or none that fits this version
    /// @throws io.pointsman.classifier.memory.InvalidMemory where what was learned cannot be read
    public static DifficultyClassifier open(
            String nameOrPath, Path base, MemorySettings settings, Instant now) {
        var head = head(nameOrPath, base);
        return new DifficultyClassifier(
                head, KindClassifier.bundled(), OutcomeMemory.open(settings, NgramRarity::of, now));
    }

    /// The bundled head of that name, else the head in the file of that path, taken relative to
    /// `base`.
    ///
    /// @throws InvalidHead where there is no such head, or none that fits this version
    public static Head head(String nameOrPath, Path base) {
        if (bundled().contains(nameOrPath)) {
            return bundled(nameOrPath);
        }
        var file = base.resolve(nameOrPath);
        if (!Files.isRegularFile(file)) {
            throw new InvalidHead(
                    "there is no classifier head \"%s\": name one of %s, or a file made by `pointsman calibrate`"
                            .formatted(nameOrPath, bundled()));
        }
        return HeadFile.read(file);
    }

    private static Head bundled(String name) {
        var resource = "heads/" + name + ".json";
        try (@Nullable InputStream in = Classifiers.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new InvalidHead("the bundled classifier head \"" + name + "\" is missing");
            }
            return HeadFile.read(in, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
