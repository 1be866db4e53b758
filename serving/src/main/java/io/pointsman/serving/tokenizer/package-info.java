/// A model's own tokenizer, read from its file: text to token ids, and back without ever showing
/// half a character.
@NullMarked
package io.pointsman.serving.tokenizer;

import org.jspecify.annotations.NullMarked;
