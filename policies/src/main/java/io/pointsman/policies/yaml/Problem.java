package io.pointsman.policies.yaml;

/// One thing that is wrong with a file.
///
/// @param at where
/// @param what what is wrong, as the rest of a sentence that begins with the path
public record Problem(Position at, String what) {

    /// One line: `pointsman.yaml:12:5: backends.small.model is missing`.
    @Override
    public String toString() {
        return at.path().isEmpty() ? at + ": " + what : at + ": " + at.path() + ' ' + what;
    }
}
