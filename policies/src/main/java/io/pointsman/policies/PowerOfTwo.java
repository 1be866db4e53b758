package io.pointsman.policies;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Ranks the candidates of one pool by the **power of two choices**: two are drawn at random, and
/// the cheaper one is first. Pure: the draw comes from a seed.
///
/// To ask the least loaded one looks better and is worse: all gateways, and all requests of one
/// moment, see the same least loaded one and rush there together, before their own calls can be
/// seen in its load. Two random choices spread them, and still keep the longest queue to log log n
/// (Mitzenmacher, *The Power of Two Choices in Randomized Load Balancing*, 2001). Envoy, Finagle
/// and Linkerd balance this way.
///
/// The cost is `(in flight + 1 + queue depth) × latency ÷ weight`. The latency is the average time
/// to the first token, but for two things. The less certain an average is, the more it is taken for
/// the best of the pool, so that an idle candidate gets its chance, and no crowd. And it is at
/// least what calls have already been waiting in vain. An average counts as at most [#SLOWEST]
/// times the best: first tokens of long prompts take longer, and a peak that comes from one shall
/// not leave its candidate idle for long. Below [#NOISE_MILLIS] latencies count as equal. Equal
/// costs keep the configuration's order, or that of the draw among replicas of one backend.
///
/// A candidate that has read much of the prompt before has that much of it in its engine's cache:
/// it takes the place of the first draw, and up to half is taken off its cost. A cache that is as
/// good as full has probably lost that prefix already, so that there nothing is taken off.
///
/// The loser of the draw comes second, since a fallback order that is random spreads the requests
/// of a candidate that dies; the others follow by cost.
final class PowerOfTwo {

    static final double NOISE_MILLIS = 10;
    static final double SLOWEST = 10;
    static final double FULL_CACHE = 0.95;
    private static final double MOST_TAKEN_OFF = 0.5;

    private final Candidate[] candidates;
    private final double[] costs;
    private long random;

    private PowerOfTwo(List<Candidate> candidates, long seed) {
        this.candidates = candidates.toArray(Candidate[]::new);
        this.random = seed;
        double best = bestMillis();
        costs = new double[this.candidates.length];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = cost(this.candidates[i].load(), best);
        }
    }

    /// `candidates`, best first.
    static List<Candidate> rank(List<Candidate> candidates, long seed) {
        return candidates.size() < 2 ? candidates : new PowerOfTwo(candidates, seed).ranked();
    }

    private List<Candidate> ranked() {
        int first = longestMatch();
        if (first < 0) {
            first = draw(-1);
        }
        int second = draw(first);
        if (cheaper(second, first)) {
            int loser = first;
            first = second;
            second = loser;
        }
        var ranked = new ArrayList<Candidate>(candidates.length);
        ranked.add(candidates[first]);
        ranked.add(candidates[second]);
        if (candidates.length > 2) {
            addOthers(ranked, first, second);
        }
        return ranked;
    }

    private void addOthers(List<Candidate> ranked, int first, int second) {
        var others = new Integer[candidates.length - 2];
        int count = 0;
        for (int i = 0; i < candidates.length; i++) {
            if (i != first && i != second) {
                others[count++] = i;
            }
        }
        Arrays.sort(others, (a, b) -> Double.compare(costs[a], costs[b]));
        for (int i : others) {
            ranked.add(candidates[i]);
        }
    }

    private boolean cheaper(int one, int other) {
        int order = Double.compare(costs[one], costs[other]);
        return order < 0 || (order == 0 && one < other && !replicas(one, other));
    }

    private boolean replicas(int one, int other) {
        return BackendDescriptor.configured(candidates[one].backend().name())
                .equals(BackendDescriptor.configured(candidates[other].backend().name()));
    }

    /// The candidate with most of the prompt in its cache, drawn among equals; -1 where none has
    /// any.
    private int longestMatch() {
        double longest = 0;
        int equals = 0;
        for (var candidate : candidates) {
            double match = match(candidate.load());
            if (match > longest) {
                longest = match;
                equals = 1;
            } else if (match == longest) {
                equals++;
            }
        }
        if (longest == 0) {
            return -1;
        }
        int skip = (int) (uniform() * equals);
        for (int i = 0; ; i++) {
            if (match(candidates[i].load()) == longest && skip-- == 0) {
                return i;
            }
        }
    }

    private static double match(BackendLoad load) {
        return load.kvUtilisation() > FULL_CACHE ? 0 : load.prefixMatch();
    }

    /// Draws by weight, but never `except`.
    private int draw(int except) {
        double total = 0;
        for (int i = 0; i < candidates.length; i++) {
            total += i == except ? 0 : candidates[i].load().weight();
        }
        double left = uniform() * total;
        int last = -1;
        for (int i = 0; i < candidates.length; i++) {
            if (i != except) {
                last = i;
                left -= candidates[i].load().weight();
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    private double bestMillis() {
        double best = Double.POSITIVE_INFINITY;
        for (var candidate : candidates) {
            if (candidate.load().certainty() > 0) {
                best = Math.min(best, candidate.load().firstTokenMillis());
            }
        }
        return best == Double.POSITIVE_INFINITY ? NOISE_MILLIS : Math.max(NOISE_MILLIS, best);
    }

    private static double cost(BackendLoad load, double best) {
        double average = Math.min(load.firstTokenMillis(), SLOWEST * best);
        double above = Math.max(0, average - best);
        double millis = Math.max(best + load.certainty() * above, load.waitingMillis());
        return (load.inFlight() + 1.0 + load.queueDepth())
                * millis
                / load.weight()
                * (1 - MOST_TAKEN_OFF * match(load));
    }

    /// The next of a sequence of numbers in [0, 1), by SplitMix64 (Steele, Lea and Flood, 2014).
    private double uniform() {
        random += 0x9E3779B97F4A7C15L;
        long mixed = random;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
