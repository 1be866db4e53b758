package io.pointsman.serving.chat.jinja;

/// What a name, an attribute or an item is that is not there: it prints as nothing and is false,
/// but has no attributes and takes no part in arithmetic.
///
/// @param name what was asked for
record Undefined(String name) {

    @Override
    public String toString() {
        return "";
    }
}
