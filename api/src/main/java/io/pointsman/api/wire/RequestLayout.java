package io.pointsman.api.wire;

import java.util.List;
import java.util.Optional;

/// Where in the bytes of a request the parts are that a call upstream may change. Immutable.
///
/// @param fields the members at the top, in order; a field given twice is there twice
/// @param end the closing brace of the body
/// @param options the objects that `stream_options` is given as
/// @param turns the assistant's messages
/// @param systemRoles the roles of the system's messages
record RequestLayout(
        List<Member> fields,
        int end,
        List<Options> options,
        List<Turn> turns,
        List<SystemRole> systemRoles) {

    RequestLayout {
        fields = List.copyOf(fields);
        options = List.copyOf(options);
        turns = List.copyOf(turns);
        systemRoles = List.copyOf(systemRoles);
    }

    /// An object of `stream_options`.
    ///
    /// @param end its closing brace
    record Options(List<Member> members, int end) {
        Options {
            members = List.copyOf(members);
        }
    }

    /// A message of the assistant's.
    ///
    /// @param end its closing brace
    /// @param tagged its content, where that is a string that begins with an opening think tag
    record Turn(List<Member> members, int end, Optional<String> tagged) {
        Turn {
            members = List.copyOf(members);
        }
    }

    /// The role of a message of the system's, quotes included.
    ///
    /// @param developer whether it is called `developer`
    record SystemRole(boolean developer, int from, int to) {}
}
