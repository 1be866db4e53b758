/// Tests of the bundled pair's trainer.
@NullMarked
package io.pointsman.lab.mini;

import org.jspecify.annotations.NullMarked;
