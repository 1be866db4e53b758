@NullMarked
package io.pointsman.backends.openai;

import org.jspecify.annotations.NullMarked;
