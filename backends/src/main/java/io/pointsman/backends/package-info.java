/// Addressable targets: OpenAI-compatible servers over HTTP, and the engine in-process.
@NullMarked
package io.pointsman.backends;

import org.jspecify.annotations.NullMarked;
