package io.pointsman.backends.balance;

import static io.pointsman.backends.balance.Replicas.replica;
import static io.pointsman.backends.balance.Replicas.scripted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatEvent;
import io.pointsman.api.ChatRequest;
import io.pointsman.api.Failure;
import io.pointsman.api.FailureException;
import io.pointsman.api.FinishReason;
import io.pointsman.api.Usage;
import io.pointsman.backends.ChatRequests;
import io.pointsman.backends.resilience.BreakerSettings;
import io.pointsman.backends.resilience.GuardedBackend;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class BackendRegistryTest {

    private static final ChatRequest REQUEST =
            ChatRequests.saying("x".repeat(4 * PrefixIndex.BLOCK));

    private long nanos;

    @Test
    void freezesCandidatesInConfigurationOrder() {
        var one = guarded("one");
        var two = guarded("two");
        var registry =
                new BackendRegistry(
                        List.of(
                                new BackendRegistry.Entry("fast", two),
                                new BackendRegistry.Entry("deep", one),
                                new BackendRegistry.Entry("deep", two)));
        var call = one.chat(REQUEST).subscribe();

        var candidates = registry.candidates(REQUEST);
        call.dispose();

        assertThat(candidates)
                .extracting(candidate -> candidate.pool() + "/" + candidate.backend().name())
                .containsExactly("fast/two", "deep/one", "deep/two");
        assertThat(candidates)
                .extracting(candidate -> candidate.load().inFlight())
                .containsExactly(0, 1, 0);
        assertThat(registry.backend("one")).contains(one);
        assertThat(registry.backend("three")).isEmpty();
        assertThat(registry.backends()).containsExactly(two, one);
    }

    @Test
    void refusesTwoBackendsOfOneName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new BackendRegistry(
                                List.of(
                                        new BackendRegistry.Entry("a", guarded("one")),
                                        new BackendRegistry.Entry("b", guarded("one")))))
                .withMessageContaining("'one'");
    }

    @Test
    void letsReplicasComeAndGoWithinTheirPlaceInTheOrder() {
        var registry = registry("pool", "a", "b");
        registry.replace("b", List.of(replica(scripted("b"))));
        assertThat(names(registry)).containsExactly("b");

        registry.replace("a", List.of(replica(scripted("a@1")), replica(scripted("a@2"))));
        assertThat(names(registry)).containsExactly("a@1", "a@2", "b");

        registry.replace("a", List.of());
        assertThat(names(registry)).containsExactly("b");
    }

    @Test
    void failsACallToAReplicaThatHasGoneSoThatTheNextIsTried() {
        var registry = registry("pool", "a");
        registry.replace("a", List.of(replica(scripted("a@1"))));
        var gone = registry.candidates(REQUEST).getFirst();
        registry.replace("a", List.of(replica(scripted("a@2"))));

        assertThat(
                        registry.backend(gone)
                                .chat(REQUEST)
                                .then(Mono.<Failure>empty())
                                .onErrorResume(FailureException.class, e -> Mono.just(e.failure()))
                                .blockOptional())
                .contains(new Failure.Broken("Backend 'a@1' is no longer there."))
                .get()
                .matches(Failure::retryable);
    }

    @Test
    void remembersWhoHasReadAPromptWhereThatCanMatter() {
        var registry = registry("pool", "a");
        var replicas =
                IntStream.range(0, 3).mapToObj(i -> replica(scripted("a@" + i), true)).toList();
        registry.replace("a", replicas);

        registry.backend(registry.candidates(REQUEST).get(1)).chat(REQUEST).blockLast();

        assertThat(matches(registry, REQUEST)).containsExactly(0.0, 1.0, 0.0);
        var longer = ChatRequests.saying("x".repeat(8 * PrefixIndex.BLOCK));
        assertThat(matches(registry, longer)).containsExactly(0.0, 0.5, 0.0);
        registry.replace("a", List.of(replicas.get(1), replica(scripted("a@new"), true)));
        assertThat(matches(registry, REQUEST)).containsExactly(1.0, 0.0);
        registry.replace("a", List.of(replicas.get(0), replica(scripted("a@newer"), true)));
        assertThat(matches(registry, REQUEST)).containsExactly(0.0, 0.0);
    }

    @Test
    void remembersNothingOfPoolsWithOneReplicaOrUnknownEngines() {
        var registry = registry("pool", "a");
        for (var replicas :
                List.of(
                        List.of(replica(scripted("a"), true)),
                        List.of(replica(scripted("a@1")), replica(scripted("a@2"))))) {
            registry.replace("a", replicas);
            registry.backend(registry.candidates(REQUEST).getFirst()).chat(REQUEST).blockLast();

            assertThat(matches(registry, REQUEST)).containsOnly(0.0);
        }
    }

    @Test
    void countsEachPoolsPromptsForItself() {
        SequencedMap<String, List<String>> pools = new LinkedHashMap<>();
        pools.put("one", List.of("a"));
        pools.put("two", List.of("a"));
        var registry = new BackendRegistry(pools, () -> nanos);
        registry.replace(
                "a", List.of(replica(scripted("a@1"), true), replica(scripted("a@2"), true)));

        registry.backend(registry.candidates(REQUEST).getFirst()).chat(REQUEST).blockLast();

        assertThat(matches(registry, REQUEST)).containsExactly(1.0, 0.0, 0.0, 0.0);
    }

    /// Streams run, requests are routed and replicas change all the time, on three threads.
    @Test
    void t53_swapsReplicasUnderLoadWithoutTouchingStreams() throws InterruptedException {
        var registry = registry("pool", "a");
        var sinks = new ArrayList<Sinks.Many<ChatEvent>>();
        var ended = new CountDownLatch(50);
        var replicas = new ArrayList<Replica>();
        for (int i = 0; i < 50; i++) {
            var sink = Sinks.many().unicast().<ChatEvent>onBackpressureBuffer();
            sinks.add(sink);
            var scripted = scripted("a@" + i);
            scripted.events = sink.asFlux();
            replicas.add(replica(scripted, true));
        }
        registry.replace("a", replicas);
        for (var candidate : registry.candidates(REQUEST)) {
            registry.backend(candidate).chat(REQUEST).doOnComplete(ended::countDown).subscribe();
        }
        var failure = new AtomicReference<@Nullable Throwable>();
        var over = new AtomicBoolean();
        var router =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                while (!over.get()) {
                                    for (Candidate candidate : registry.candidates(REQUEST)) {
                                        assertThat(candidate.load().inFlight()).isEqualTo(1);
                                    }
                                }
                            } catch (Throwable wrong) {
                                failure.set(wrong);
                            }
                        });
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            int from = random.nextInt(50);
            registry.replace("a", replicas.subList(from, from + random.nextInt(51 - from)));
        }
        registry.replace("a", List.of());
        over.set(true);
        router.join();

        sinks.forEach(sink -> {
            sink.tryEmitNext(new ChatEvent.Finished(FinishReason.STOP, Usage.NONE));
            sink.tryEmitComplete();
        });

        ended.await();
        assertThat(failure.get()).isNull();
        assertThat(replicas)
                .allSatisfy(it -> assertThat(it.backend().tracker().inFlight()).isZero());
    }

    private GuardedBackend guarded(String name) {
        var scripted = scripted(name);
        scripted.events = Flux.never();
        return new GuardedBackend(scripted, BreakerSettings.DEFAULT, Clock.systemUTC());
    }

    private BackendRegistry registry(String pool, String... backends) {
        SequencedMap<String, List<String>> pools = new LinkedHashMap<>();
        pools.put(pool, List.of(backends));
        return new BackendRegistry(pools, () -> nanos);
    }

    private static List<String> names(BackendRegistry registry) {
        return registry.candidates(REQUEST).stream().map(it -> it.backend().name()).toList();
    }

    private static List<Double> matches(BackendRegistry registry, ChatRequest request) {
        return registry.candidates(request).stream().map(it -> it.load().prefixMatch()).toList();
    }
}
