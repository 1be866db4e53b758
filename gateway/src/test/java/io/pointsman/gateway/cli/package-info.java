@NullMarked
package io.pointsman.gateway.cli;

import org.jspecify.annotations.NullMarked;
