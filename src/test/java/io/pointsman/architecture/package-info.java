/// What may see what, kept by ArchUnit.
@NullMarked
package io.pointsman.architecture;

import org.jspecify.annotations.NullMarked;
