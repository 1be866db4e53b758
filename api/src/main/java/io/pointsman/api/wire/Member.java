package io.pointsman.api.wire;

import java.util.List;
import java.util.function.Predicate;

/// Where a member of a JSON object is in the bytes. Immutable.
///
/// @param name its name, unescaped
/// @param nameFrom the first byte of the name, its quote
/// @param from the first byte of the value
/// @param to the byte after the value
record Member(String name, int nameFrom, int from, int to) {

    /// The byte after the name's closing quote.
    int nameTo(byte[] json) {
        int at = nameFrom + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    /// Whether the value is a string, empty or not.
    boolean isString(byte[] json) {
        return json[from] == '"';
    }

    /// Whether the value is a string of at least one character.
    boolean isText(byte[] json) {
        return isString(json) && to - from > 2;
    }

    /// Cuts those of an object's `members` out that are `gone`, each with one of the commas around
    /// it.
    static void cut(List<Member> members, Predicate<Member> gone, Splices splices) {
        boolean kept = false;
        int pending = -1;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            if (!gone.test(member)) {
                if (pending >= 0) {
                    splices.cut(pending, member.nameFrom());
                    pending = -1;
                }
                kept = true;
            } else if (kept) {
                splices.cut(members.get(i - 1).to(), member.to());
            } else if (pending < 0) {
                pending = member.nameFrom();
            }
        }
        if (pending >= 0) {
            splices.cut(pending, members.getLast().to());
        }
    }
}
