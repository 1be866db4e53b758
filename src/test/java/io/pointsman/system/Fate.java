package io.pointsman.system;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What becomes of one request: how each attempt at it goes, and when its client goes away.
///
/// @param stream whether the client wants server-sent events
/// @param attempts how the calls upstream go, in order; those beyond them succeed
/// @param patience when the client hangs up
record Fate(boolean stream, List<Script> attempts, Patience patience) {

    Fate {
        attempts = List.copyOf(attempts);
    }

    /// How one call upstream goes.
    ///
    /// @param thoughts chunks of thinking that it produces, a token each
    /// @param words chunks of content after them, a token each
    /// @param ending what happens then
    record Script(int thoughts, int words, Ending ending) {

        static final Script SUCCESS = new Script(0, 3, Ending.USAGE);

        int tokens() {
            return ending.produces ? thoughts + words : 0;
        }
    }

    /// How a call upstream ends.
    enum Ending {
        USAGE(true),
        NO_USAGE(true),
        NO_DONE(true),
        CUT(true),
        ERROR_FRAME(true),
        STALL(true),
        SERVER_ERROR(false),
        TOO_MANY_REQUESTS(false),
        BAD_REQUEST(false),
        NOT_JSON(false),
        SILENCE(false),
        DROP(false);

        private final boolean produces;

        Ending(boolean produces) {
            this.produces = produces;
        }
    }

    /// When the client hangs up.
    enum Patience {
        /// Not before the answer's end.
        WHOLE,
        /// As soon as the request is sent.
        NONE,
        /// Once the first call is under way.
        UNTIL_CALLED,
        /// Once it has seen all that a stalling call sends.
        UNTIL_STALLED,
        /// Once it has seen some of it.
        SOME
    }

    /// Whether the tokens charged must be exactly those produced: whoever hangs up amid a flow
    /// leaves some unread between the two ends.
    boolean exact() {
        return switch (patience) {
            case WHOLE -> true;
            case UNTIL_STALLED -> stream;
            case NONE, UNTIL_CALLED, SOME -> false;
        };
    }

    /// How many calls end without a word.
    int drops() {
        return (int) attempts.stream().filter(script -> script.ending() == Ending.DROP).count();
    }

    static Fate random(RandomGenerator random) {
        var patience =
                random.nextInt(10) < 6
                        ? Patience.WHOLE
                        : Patience.values()[1 + random.nextInt(Patience.values().length - 1)];
        var attempts = new ArrayList<Script>();
        int failures = patience == Patience.UNTIL_STALLED ? 0 : random.nextInt(3);
        for (int i = 0; i < failures; i++) {
            attempts.add(script(random, Ending.values()[random.nextInt(Ending.values().length)]));
        }
        attempts.add(script(random, last(random, patience)));
        return new Fate(random.nextInt(4) > 0, attempts, patience);
    }

    private static Ending last(RandomGenerator random, Patience patience) {
        if (patience == Patience.UNTIL_STALLED) {
            return Ending.STALL;
        }
        var good = List.of(Ending.USAGE, Ending.USAGE, Ending.NO_USAGE, Ending.NO_DONE);
        return random.nextInt(3) == 0
                ? Ending.values()[random.nextInt(Ending.values().length)]
                : good.get(random.nextInt(good.size()));
    }

    private static Script script(RandomGenerator random, Ending ending) {
        int thoughts = random.nextInt(3) == 0 ? random.nextInt(1, 12) : 0;
        return new Script(thoughts, random.nextInt(ending == Ending.STALL ? 1 : 0, 12), ending);
    }
}
