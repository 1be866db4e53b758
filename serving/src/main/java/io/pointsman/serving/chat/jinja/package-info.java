/// A small Jinja, as far as chat templates go: what Python's jinja2 renders with Hugging Face's
/// settings, byte for byte. A template comes with a model and is not trusted: it sees data only,
/// and time, memory and depth are bounded.
@NullMarked
package io.pointsman.serving.chat.jinja;

import org.jspecify.annotations.NullMarked;
