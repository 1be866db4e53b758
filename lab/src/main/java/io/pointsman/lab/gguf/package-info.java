/// Writing model files.
@NullMarked
package io.pointsman.lab.gguf;

import org.jspecify.annotations.NullMarked;
