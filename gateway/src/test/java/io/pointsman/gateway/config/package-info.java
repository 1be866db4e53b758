@NullMarked
package io.pointsman.gateway.config;

import org.jspecify.annotations.NullMarked;
