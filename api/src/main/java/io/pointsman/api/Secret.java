package io.pointsman.api;

/// A value that must not be seen: it prints as `***`.
///
/// @param value the secret itself
public record Secret(String value) {

    @Override
    public String toString() {
        return "***";
    }
}
