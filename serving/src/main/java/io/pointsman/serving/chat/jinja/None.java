package io.pointsman.serving.chat.jinja;

/// Python's `None`, so that no value is null.
enum None {
    NONE
}
