@NullMarked
package io.pointsman.serving.chat.jinja;

import org.jspecify.annotations.NullMarked;
