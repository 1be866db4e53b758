/// Model files from a hub: named as Hugging Face names them, downloaded once, resumed, checked.
@NullMarked
package io.pointsman.serving.hub;

import org.jspecify.annotations.NullMarked;
