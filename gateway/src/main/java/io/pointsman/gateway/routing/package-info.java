/// Which way a request goes: names of models, classifier, policy and backends as one snapshot.
@NullMarked
package io.pointsman.gateway.routing;

import org.jspecify.annotations.NullMarked;
