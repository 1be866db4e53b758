package io.pointsman.policies.yaml;

/// Where in a file something stands.
///
/// @param file the file's name, as people know it
/// @param line from 1; 0 where the whole file is meant
/// @param column from 1; 0 where the whole file is meant
/// @param path the keys that lead there, such as `backends.small.base-url`; empty for the top
public record Position(String file, int line, int column, String path) {

    /// All of `file`.
    public static Position of(String file) {
        return new Position(file, 0, 0, "");
    }

    /// `file:line:column`, as editors and terminals understand it.
    @Override
    public String toString() {
        return line == 0 ? file : file + ':' + line + ':' + column;
    }
}
