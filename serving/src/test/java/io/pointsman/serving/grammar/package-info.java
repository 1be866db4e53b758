@NullMarked
package io.pointsman.serving.grammar;

import org.jspecify.annotations.NullMarked;
