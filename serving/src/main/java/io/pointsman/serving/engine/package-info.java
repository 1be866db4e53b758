/// The engine's loop: what runs in which step, where its keys and values lie, and how its tokens
/// get to their reader.
@NullMarked
package io.pointsman.serving.engine;

import org.jspecify.annotations.NullMarked;
