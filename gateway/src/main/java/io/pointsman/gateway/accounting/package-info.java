/// What each request cost and how long it took: one record a request, whatever ended it.
@NullMarked
package io.pointsman.gateway.accounting;

import org.jspecify.annotations.NullMarked;
