@NullMarked
package io.pointsman.serving.openai;

import org.jspecify.annotations.NullMarked;
