@NullMarked
package io.pointsman.serving.server;

import org.jspecify.annotations.NullMarked;
