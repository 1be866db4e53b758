package io.pointsman.backends.discovery;

import java.io.IOException;
import java.util.List;

/// Finds the replicas of a backend. May block; is asked by one thread at a time.
@FunctionalInterface
public interface Discovery {

    /// More replicas than this are taken for a mistake.
    int MOST = 1_000;

    /// The replicas there are now, each once; never none.
    ///
    /// @throws IOException if that cannot be told, or if there are none; the message says why, for
    ///   people
    List<Address> find() throws IOException;
}
