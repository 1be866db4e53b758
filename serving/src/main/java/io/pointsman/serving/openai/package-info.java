/// OpenAI's completion calls, with vLLM's additions, as requests to an engine, and its tokens as
/// their answers. Knows JSON, not HTTP.
@NullMarked
package io.pointsman.serving.openai;

import org.jspecify.annotations.NullMarked;
