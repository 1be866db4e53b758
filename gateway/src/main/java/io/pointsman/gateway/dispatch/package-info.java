/// From ranked candidates to one live stream: the only place that tries again.
@NullMarked
package io.pointsman.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
