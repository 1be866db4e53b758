@NullMarked
package io.pointsman.backends.balance;

import org.jspecify.annotations.NullMarked;
