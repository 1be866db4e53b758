/// The batching engine: a library for the embedded default, knowing neither Spring nor Reactor.
@NullMarked
package io.pointsman.serving;

import org.jspecify.annotations.NullMarked;
