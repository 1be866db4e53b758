/// `pointsman.yaml` as immutable records: where it is, how it is read, what it says when it is
/// wrong. Data only; what it configures is built elsewhere.
@NullMarked
package io.pointsman.gateway.config;

import org.jspecify.annotations.NullMarked;
