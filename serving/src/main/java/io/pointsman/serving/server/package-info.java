/// The engine as a process of its own: an OpenAI-compatible server on Reactor Netty, with vLLM's
/// metrics.
@NullMarked
package io.pointsman.serving.server;

import org.jspecify.annotations.NullMarked;
