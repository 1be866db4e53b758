/// Routing rules: YAML in, immutable compiled rules, ranked candidates and the reason out. Pure: no
/// I/O, no clock, no threads.
@NullMarked
package io.pointsman.policies;

import org.jspecify.annotations.NullMarked;
