package io.pointsman.backends.balance;

import static io.pointsman.backends.balance.Replicas.broken;
import static io.pointsman.backends.balance.Replicas.replica;
import static io.pointsman.backends.balance.Replicas.scripted;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Candidate;
import io.pointsman.api.ChatRequest;
import io.pointsman.backends.ChatRequests;
import io.pointsman.backends.StatusPages;
import io.pointsman.backends.balance.Replicas.Scripted;
import io.pointsman.backends.discovery.Address;
import io.pointsman.backends.discovery.DnsDiscovery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Replicas of a headless service over manual time; what goes on in another thread is done here at
/// once.
class UpkeepTest {

    private static final ChatRequest REQUEST = ChatRequests.saying("hi");
    private static final URI URL = URI.create("http://r1.example:8000/v1");

    private final Map<String, Scripted> scripts = new HashMap<>();
    private final Map<String, FakePages> pages = new HashMap<>();
    private final List<String> addresses = new ArrayList<>();
    private long nanos;
    private final BackendRegistry registry = registry();
    private final BackendCounters counters = new BackendCounters();
    private final ReplicaSet set =
            new ReplicaSet(
                    new ReplicaPlan(
                            "r1",
                            new DnsDiscovery(URL, this::lookUp),
                            Optional.of(Duration.ofSeconds(10)),
                            new Checks(
                                    Optional.of(new Checks.Probe("/health", Duration.ofSeconds(5))),
                                    Optional.of(new Checks.Scrape(Engine.VLLM, "/metrics"))),
                            this::start),
                    registry,
                    counters,
                    () -> nanos);
    private final Upkeep upkeep = new Upkeep(registry, () -> nanos);

    @AfterEach
    void close() {
        upkeep.close();
    }

    @Test
    void makesEachAddressACandidate() {
        resolvesTo("10.0.0.2", "10.0.0.1");

        assertThat(names()).containsExactly("r1@10.0.0.1:8000", "r1@10.0.0.2:8000");
    }

    @Test
    void keepsWhatItHadWhereTheNameServiceFails() {
        resolvesTo("10.0.0.1", "10.0.0.2");

        resolvesTo();

        assertThat(names()).hasSize(2);
        assertThat(counters.of("r1").discoveryFailures()).isEqualTo(1);
        resolvesTo("10.0.0.3");
        assertThat(names()).containsExactly("r1@10.0.0.3:8000");
    }

    @Test
    void warmsUpWhatIsNewButNotWhatIsFirst() {
        resolvesTo("10.0.0.1");
        resolvesTo("10.0.0.1", "10.0.0.2");

        assertThat(candidates()).extracting(it -> it.load().weight()).containsExactly(1.0, 0.1);
        nanos += Duration.ofSeconds(30).toNanos();
        assertThat(candidates()).extracting(it -> it.load().weight()).containsExactly(1.0, 1.0);
    }

    @Test
    void keepsWhatIsKnownOfAReplicaThatStays() {
        resolvesTo("10.0.0.1");
        script("10.0.0.1").events = Flux.never();
        var call = registry.backend(candidates().getFirst()).chat(REQUEST).subscribe();

        resolvesTo("10.0.0.1", "10.0.0.2");

        assertThat(candidates()).extracting(it -> it.load().inFlight()).containsExactly(1, 0);
        call.dispose();
    }

    @Test
    void t53_closesAReplicaThatIsGoneOnlyWhenItsLastStreamHasEnded() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        var script = script("10.0.0.1");
        script.events = Flux.never();
        var call = registry.backend(candidates().getFirst()).chat(REQUEST).subscribe();

        resolvesTo("10.0.0.2");
        nanos += Duration.ofHours(1).toNanos();
        set.sweep();
        assertThat(names()).containsExactly("r1@10.0.0.2:8000");
        assertThat(script.closed).isFalse();

        call.dispose();
        set.sweep();
        assertThat(script.closed).isTrue();
        assertThat(script("10.0.0.2").closed).isFalse();
    }

    @Test
    void leavesTimeForCallsThatWereRoutedToAReplicaThatGoes() {
        resolvesTo("10.0.0.1", "10.0.0.2");
        resolvesTo("10.0.0.2");

        set.sweep();
        assertThat(script("10.0.0.1").closed).isFalse();
        nanos += Duration.ofSeconds(2).toNanos();
        set.sweep();

        assertThat(script("10.0.0.1").closed).isTrue();
    }

    @Test
    void givesNoCallsToAReplicaWhoseProbesFailTwiceUntilTheySucceedTwice() {
        resolvesTo("10.0.0.1");
        var page = page("10.0.0.1");

        page.status = 503;
        assertThat(availableAfterProbe()).isTrue();
        assertThat(availableAfterProbe()).isFalse();
        assertThat(counters.of("r1").probeFailures()).isEqualTo(2);
        page.status = 200;
        assertThat(availableAfterProbe()).isFalse();
        assertThat(availableAfterProbe()).isTrue();

        set.sweep();
        assertThat(candidates().getFirst().load().weight())
                .as("it is only noticed to be back")
                .isEqualTo(1);
    }

    @Test
    void warmsUpAReplicaThatProbesFindWellAgain() {
        resolvesTo("10.0.0.1");
        var page = page("10.0.0.1");
        page.status = 503;
        availableAfterProbe();
        availableAfterProbe();
        set.sweep();
        page.status = 200;
        availableAfterProbe();
        availableAfterProbe();

        set.sweep();

        assertThat(candidates().getFirst().load().weight()).isEqualTo(0.1);
    }

    @Test
    void takesAPageThatIsMissingForNoSign() {
        resolvesTo("10.0.0.1");
        page("10.0.0.1").status = 404;

        for (int i = 0; i < 10; i++) {
            assertThat(availableAfterProbe()).isTrue();
        }
        assertThat(counters.of("r1").probeFailures()).isZero();
    }

    @Test
    void t57_looksAtPagesOnlyAndNeverAtTheApi() {
        resolvesTo("10.0.0.1");
        for (int i = 0; i < 100; i++) {
            availableAfterProbe();
        }

        assertThat(page("10.0.0.1").paths).containsOnly("/health", "/metrics");
        assertThat(script("10.0.0.1").calls).isZero();
    }

    @Test
    void believesAnEngineForFiveSeconds() {
        resolvesTo("10.0.0.1");
        set.tick();
        assertThat(candidates().getFirst().load())
                .satisfies(load -> {
                    assertThat(load.queueDepth()).isEqualTo(3);
                    assertThat(load.kvUtilisation()).isEqualTo(0.5);
                });

        page("10.0.0.1").status = 500;
        nanos += Duration.ofSeconds(5).toNanos();
        set.tick();
        assertThat(candidates().getFirst().load().queueDepth()).isEqualTo(3);
        nanos += 1;

        assertThat(candidates().getFirst().load().queueDepth()).isZero();
        assertThat(candidates().getFirst().load().kvUtilisation()).isZero();
        assertThat(counters.of("r1").scrapeFailures()).isEqualTo(1);
    }

    @Test
    void ejectsADeadReplicaSoThatItGetsNothing() {
        resolvesTo("10.0.0.1", "10.0.0.2", "10.0.0.3");
        var dead = script("10.0.0.2");
        dead.events = broken();
        upkeep.tick();
        for (int i = 0; i < 5; i++) {
            registry.backend(candidates().get(1)).chat(REQUEST).onErrorComplete().blockLast();
        }

        nanos += Duration.ofSeconds(1).toNanos();
        upkeep.tick();

        assertThat(candidates())
                .extracting(it -> it.load().available())
                .containsExactly(true, false, true);
        assertThat(upkeep.counters().of("r1").ejections()).isEqualTo(1);
    }

    private Scripted script(String address) {
        return Objects.requireNonNull(scripts.get("r1@" + address + ":8000"));
    }

    private FakePages page(String address) {
        return Objects.requireNonNull(pages.get("r1@" + address + ":8000"));
    }

    private boolean availableAfterProbe() {
        nanos += Duration.ofSeconds(6).toNanos();
        set.tick();
        return candidates().getFirst().load().available();
    }

    private List<InetAddress> lookUp(String host) throws IOException {
        assertThat(host).isEqualTo("r1.example");
        if (addresses.isEmpty()) {
            throw new IOException("no answer");
        }
        var found = new ArrayList<InetAddress>();
        for (var address : addresses) {
            found.add(InetAddress.getByName(address));
        }
        return found;
    }

    private void resolvesTo(String... found) {
        addresses.clear();
        addresses.addAll(List.of(found));
        set.refresh();
    }

    private ReplicaPlan.Started start(Address address) {
        var name = "r1@" + address.label();
        var scripted = scripted(name);
        scripts.put(name, scripted);
        var page = new FakePages();
        pages.put(name, page);
        return new ReplicaPlan.Started(replica(scripted), Optional.of(page));
    }

    private BackendRegistry registry() {
        SequencedMap<String, List<String>> pools = new LinkedHashMap<>();
        pools.put("pool", List.of("r1"));
        return new BackendRegistry(pools, () -> nanos);
    }

    private List<Candidate> candidates() {
        return registry.candidates(REQUEST);
    }

    private List<String> names() {
        return candidates().stream().map(it -> it.backend().name()).toList();
    }

    private static final class FakePages implements StatusPages {
        private final List<String> paths = new ArrayList<>();
        private int status = 200;

        @Override
        public Mono<Page> get(String path, Duration timeout, int limit) {
            return Mono.fromSupplier(() -> {
                paths.add(path);
                return new Page(
                        status,
                        "vllm:num_requests_waiting 3\nvllm:kv_cache_usage_perc 0.5\n"
                                .getBytes(StandardCharsets.US_ASCII));
            });
        }
    }
}
