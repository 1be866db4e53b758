/// Which replicas there are and how they are: the registry that requests are routed by, and what
/// keeps it true (discovery, probes, engines' metrics, ejection). What a call goes through is not
/// here.
@NullMarked
package io.pointsman.backends.balance;

import org.jspecify.annotations.NullMarked;
