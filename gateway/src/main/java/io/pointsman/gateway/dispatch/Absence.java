package io.pointsman.gateway.dispatch;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.Outage;
import io.pointsman.api.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says why nobody can be asked, and when somebody may be. Pure.
///
/// Where the context of all is too small, the request is what is wrong, and waiting would not help.
/// Where all others have spent their quotas, it is too much at once; else they are in trouble.
final class Absence {

    private static final Duration SOON = Duration.ofSeconds(5);

    /// No more than this many backends are named.
    private static final int NAMED = 8;

    private Absence() {}

    /// The failure of `request`, for which `route` has no candidate.
    static Failure failure(ChatRequest request, Route route) {
        if (route.passedOver().isEmpty()) {
            return new Failure.NoCandidate(
                    "pool '" + route.pool() + "' has no backend yet: none has been found", SOON);
        }
        var large = new ArrayList<Candidate>();
        for (var candidate : route.passedOver()) {
            if (fits(candidate, request)) {
                large.add(candidate);
            }
        }
        return large.isEmpty() ? tooLong(request, route) : out(request, route, large);
    }

    private static boolean fits(Candidate candidate, ChatRequest request) {
        return candidate.backend().contextLength() >= request.estimatedPromptTokens();
    }

    private static Failure tooLong(ChatRequest request, Route route) {
        int longest =
                route.passedOver().stream()
                        .mapToInt(candidate -> candidate.backend().contextLength())
                        .max()
                        .orElseThrow();
        return new Failure.InvalidRequest(
                "this request has about "
                        + request.estimatedPromptTokens()
                        + " tokens, and the longest context of route "
                        + route.pool()
                        + " has "
                        + longest
                        + "; shorten the messages or choose another route",
                "context_length_exceeded",
                Optional.of("messages"));
    }

    private static Failure out(ChatRequest request, Route route, List<Candidate> large) {
        boolean cooling =
                large.stream()
                        .allMatch(it ->
                                it.load()
                                        .outage()
                                        .filter(out -> out.cause() == Outage.Cause.COOLING)
                                        .isPresent());
        var wait =
                large.stream()
                        .flatMap(candidate -> candidate.load().outage().stream())
                        .flatMap(outage -> outage.lasts().stream())
                        .min(Duration::compareTo)
                        .orElse(SOON);
        var message =
                "no backend of route "
                        + route.pool()
                        + " can serve this request now: "
                        + reasons(request, route)
                        + "; try again in "
                        + seconds(wait);
        return cooling
                ? new Failure.Overloaded(message, wait)
                : new Failure.NoCandidate(message, wait);
    }

    private static String reasons(ChatRequest request, Route route) {
        var words = new ArrayList<String>();
        for (var candidate : route.passedOver()) {
            if (words.size() == NAMED) {
                words.add("and " + (route.passedOver().size() - NAMED) + " more");
                break;
            }
            words.add("'" + candidate.backend().name() + "' " + reason(request, candidate));
        }
        return String.join(", ", words);
    }

    private static String reason(ChatRequest request, Candidate candidate) {
        if (!fits(candidate, request)) {
            return "has a context of "
                    + candidate.backend().contextLength()
                    + " tokens, too small for about "
                    + request.estimatedPromptTokens();
        }
        return candidate.load().outage().map(Absence::words).orElse("is not available");
    }

    private static String words(Outage outage) {
        var why =
                switch (outage.cause()) {
                    case COOLING -> "is out of quota and cooling";
                    case CIRCUIT_OPEN -> "failed too often and its circuit is open";
                    case EJECTED -> "fails more often than others and is ejected";
                    case ILL -> "is found ill by its probe";
                };
        return outage.lasts().map(left -> why + " for " + seconds(left)).orElse(why);
    }

    private static String seconds(Duration wait) {
        return Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)) + " s";
    }
}
