/// Reads GGUF files. Nothing in a file is trusted: every length is checked against what is there
/// before anything is allocated for it.
@NullMarked
package io.pointsman.serving.gguf;

import org.jspecify.annotations.NullMarked;
