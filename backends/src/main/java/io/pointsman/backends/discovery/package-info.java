/// Where the replicas of a backend are: by list, name service or file. Says what it finds and keeps
/// nothing.
@NullMarked
package io.pointsman.backends.discovery;

import org.jspecify.annotations.NullMarked;
