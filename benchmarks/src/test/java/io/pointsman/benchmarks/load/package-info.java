/// Tests of what the load rig's figures rest on.
@NullMarked
package io.pointsman.benchmarks.load;

import org.jspecify.annotations.NullMarked;
