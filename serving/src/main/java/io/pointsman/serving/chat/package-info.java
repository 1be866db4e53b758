/// From a conversation to a prompt in the form that a model was trained on.
@NullMarked
package io.pointsman.serving.chat;

import org.jspecify.annotations.NullMarked;
