/// The whole gateway over real sockets: a configuration in, HTTP out, and scripted servers or the
/// bundled models behind it.
@NullMarked
package io.pointsman.system;

import org.jspecify.annotations.NullMarked;
