package io.pointsman.serving.chat.jinja;

import java.util.Map;

/// What `namespace(…)` makes: the one kind of value whose attributes templates may set.
record Namespace(Map<String, Object> attributes) {}
