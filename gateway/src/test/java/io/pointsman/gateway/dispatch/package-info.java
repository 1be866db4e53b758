@NullMarked
package io.pointsman.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
