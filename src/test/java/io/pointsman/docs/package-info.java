/// What the documentation promises of the repository, kept true.
@NullMarked
package io.pointsman.docs;

import org.jspecify.annotations.NullMarked;
