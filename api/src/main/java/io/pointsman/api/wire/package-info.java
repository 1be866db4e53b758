/// The OpenAI wire format, once for both servers: SSE framing, chat-completion chunks, error bodies
/// and the splitter that tells thinking from answer.
@NullMarked
package io.pointsman.api.wire;

import org.jspecify.annotations.NullMarked;
