/// The load rig: a simulated upstream as a process of its own, an open-loop generator, and the
/// gateways between them, each as its maker ships it. Nothing here knows the product's classes: it
/// is measured from outside, as its peers are.
@NullMarked
package io.pointsman.benchmarks.load;

import org.jspecify.annotations.NullMarked;
