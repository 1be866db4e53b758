/// The vocabulary that every module shares: requests, events, candidates, routes, failures and the
/// ports between modules. Records and sealed types only; nothing here does I/O or keeps state.
@NullMarked
package io.pointsman.api;

import org.jspecify.annotations.NullMarked;
