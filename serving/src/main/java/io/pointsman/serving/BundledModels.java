package io.pointsman.serving;

import io.pointsman.serving.gguf.Gguf;
import io.pointsman.serving.gguf.GgufException;
import java.io.IOException;

/// The pair of models that ships with Pointsman, so that it answers before anything is configured.
public final class BundledModels {

    private static final String FAST = "models/fast.gguf";
    private static final String REASONER = "models/reasoner.gguf";

    private BundledModels() {}

    /// The model that answers at once.
    public static LanguageModel fast() {
        return load(FAST);
    }

    /// The model that thinks first.
    public static LanguageModel reasoner() {
        return load(REASONER);
    }

    private static LanguageModel load(String resource) {
        try (var stream = BundledModels.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new GgufException("this build has no " + resource);
            }
            return LanguageModel.of(Gguf.of(stream.readAllBytes()));
        } catch (IOException e) {
            throw new GgufException("cannot read " + resource + ": " + e, e);
        }
    }
}
