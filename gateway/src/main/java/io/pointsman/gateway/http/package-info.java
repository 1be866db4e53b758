/// The HTTP edge: functional routes, bodies, headers, server-sent events and errors in the OpenAI
/// shape.
@NullMarked
package io.pointsman.gateway.http;

import org.jspecify.annotations.NullMarked;
