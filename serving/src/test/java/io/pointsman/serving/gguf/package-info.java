@NullMarked
package io.pointsman.serving.gguf;

import org.jspecify.annotations.NullMarked;
