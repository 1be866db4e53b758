@NullMarked
package io.pointsman.gateway.http;

import org.jspecify.annotations.NullMarked;
