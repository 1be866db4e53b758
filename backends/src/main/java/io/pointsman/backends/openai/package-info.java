/// Calls OpenAI-compatible servers over HTTP. Nothing of a client's headers gets through, and no
/// buffer of Netty's leaves this package.
@NullMarked
package io.pointsman.backends.openai;

import org.jspecify.annotations.NullMarked;
