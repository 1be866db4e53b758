/// Who may come in: API keys, and the tenants they stand for.
@NullMarked
package io.pointsman.gateway.admission;

import org.jspecify.annotations.NullMarked;
