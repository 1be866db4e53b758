package io.pointsman.serving.hub;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// A file in a repository of a hub, written `owner/repository/file.gguf` or, at a revision other
/// than `main`, `owner/repository/file.gguf@revision`; immutable.
///
/// @param file may lie in folders
public record ModelName(String repository, String file, String revision) {

    private static final Pattern NAME =
            Pattern.compile("([\\w.-]+/[\\w.-]+)/((?:[\\w.+-]+/)*[\\w.+-]+)(?:@([\\w.-]+))?");

    /// Reads a name.
    ///
    /// @throws IllegalArgumentException where it is not one
    public static ModelName parse(String name) {
        var matcher = NAME.matcher(name);
        if (!matcher.matches() || Pattern.compile("(^|[/@])\\.+($|[/@])").matcher(name).find()) {
            throw new IllegalArgumentException(
                    "'%s' is not the name of a file on a hub, which is owner/repository/file.gguf"
                            .formatted(name));
        }
        var revision = matcher.group(3);
        return new ModelName(
                matcher.group(1), matcher.group(2), revision == null ? "main" : revision);
    }

    /// Where the file lies below the address of a hub.
    String path() {
        return "%s/resolve/%s/%s".formatted(repository, revision, file);
    }

    /// Where the file lies in a folder of downloaded models.
    Path in(Path folder) {
        return folder.resolve(repository).resolve(revision).resolve(file);
    }

    @Override
    public String toString() {
        return repository + "/" + file + (revision.equals("main") ? "" : "@" + revision);
    }
}
