package io.pointsman.policies;

import io.pointsman.api.BackendDescriptor;
import io.pointsman.api.BackendLoad;
import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Classification;
import io.pointsman.api.Message;
import io.pointsman.api.RequestId;
import io.pointsman.api.Role;
import io.pointsman.api.RoutingContext;
import io.pointsman.api.Sampling;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.RequestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;

/// Contexts and policies for tests, fixed and random.
final class Contexts {

    private static final List<String> POOLS = List.of("fast", "reasoner", "third");
    private static final List<String> NAMES = List.of("a", "b", "c");

    private Contexts() {}

    static RoutingContext context(Classification classification, List<Candidate> candidates) {
        return new RoutingContext(request(), Optional.empty(), classification, candidates);
    }

    static Classification scored(double difficulty) {
        return Classification.Scored.of(difficulty, List.of());
    }

    static Candidate candidate(String pool, String name, int inFlight, boolean available) {
        return candidate(pool, name, inFlight, available, 8_192);
    }

    static Candidate candidate(
            String pool, String name, int inFlight, boolean available, int contextLength) {
        return new Candidate(
                pool,
                new BackendDescriptor(name, "model-" + name, contextLength, Optional.empty()),
                new BackendLoad(inFlight, available));
    }

    static ChatRequest request() {
        return request("What is 7 + 5?");
    }

    static ChatRequest request(String text) {
        return request(
                "auto", Tenant.ANONYMOUS, Message.of(Role.USER, text), 0, false, Optional.empty());
    }

    static ChatRequest request(
            String model,
            Tenant tenant,
            Message message,
            int tools,
            boolean structured,
            Optional<String> effort) {
        var sampling =
                new Sampling(
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty(),
                        List.of(),
                        effort);
        return new ChatRequest(
                new RequestId("test"),
                tenant,
                model,
                List.of(message),
                false,
                false,
                1,
                tools,
                structured,
                sampling,
                RequestBody.of(new byte[0]));
    }

    static RoutingContext random(Random random) {
        var message = new Message(Role.USER, "x".repeat(random.nextInt(400)), random.nextInt(2), 0);
        var request =
                request(
                        pick(random, NAMES),
                        new Tenant(pick(random, NAMES), true),
                        message,
                        random.nextInt(2),
                        random.nextBoolean(),
                        maybe(random, () -> pick(random, NAMES)));
        var candidates = new ArrayList<Candidate>();
        for (var i = random.nextInt(9); i > 0; i--) {
            candidates.add(
                    candidate(
                            pick(random, POOLS),
                            "backend-" + i,
                            random.nextInt(4),
                            random.nextInt(4) > 0,
                            50 + random.nextInt(80)));
        }
        Classification classification =
                random.nextInt(4) == 0
                        ? new Classification.Unknown(Classification.Cause.NO_TEXT)
                        : scored(random.nextInt(11) / 10.0);
        var choice =
                random.nextInt(4) == 0
                        ? Optional.of(pick(random, POOLS))
                        : Optional.<String>empty();
        return new RoutingContext(request, choice, classification, candidates);
    }

    static Policy randomPolicy(Random random) {
        var rules = new ArrayList<Rule>();
        for (var i = random.nextInt(5); i > 0; i--) {
            rules.add(randomRule(random, "rule-" + i));
        }
        return new Policy(pick(random, POOLS), rules);
    }

    static Rule randomRule(Random random, String name) {
        var conditions = new ArrayList<Condition>();
        for (var i = random.nextInt(3); i > 0; i--) {
            conditions.add(randomCondition(random));
        }
        var pool = pick(random, POOLS);
        var fallback =
                POOLS.stream().filter(it -> !it.equals(pool) && random.nextBoolean()).toList();
        return new Rule(name, conditions, pool, fallback);
    }

    private static Condition randomCondition(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> Condition.difficultyAtLeast(random.nextInt(11) / 10.0);
            case 1 -> Condition.difficultyBelow(random.nextInt(11) / 10.0);
            case 2 -> Condition.tenantIn(some(random));
            case 3 -> Condition.modelIn(some(random));
            case 4 -> Condition.promptTokensAtLeast(random.nextInt(100));
            case 5 -> Condition.promptTokensBelow(random.nextInt(100));
            case 6 -> Condition.tools(random.nextBoolean());
            case 7 -> Condition.images(random.nextBoolean());
            case 8 -> Condition.structured(random.nextBoolean());
            default -> Condition.reasoningEffortIn(some(random));
        };
    }

    private static List<String> some(Random random) {
        return NAMES.subList(0, 1 + random.nextInt(NAMES.size()));
    }

    private static String pick(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static <T> Optional<T> maybe(Random random, Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }
}
