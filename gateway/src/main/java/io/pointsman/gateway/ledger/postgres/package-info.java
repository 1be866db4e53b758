/// Sends the records of a spool on to PostgreSQL, behind everybody's back.
@NullMarked
package io.pointsman.gateway.ledger.postgres;

import org.jspecify.annotations.NullMarked;
