@NullMarked
package io.pointsman.serving.chat;

import org.jspecify.annotations.NullMarked;
