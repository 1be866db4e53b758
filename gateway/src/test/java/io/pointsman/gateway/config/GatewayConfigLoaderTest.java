package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pointsman.api.Price;
import io.pointsman.api.Tenant;
import io.pointsman.api.wire.ReasoningField;
import io.pointsman.api.wire.ReasoningTokens;
import io.pointsman.api.wire.RequestRules;
import io.pointsman.classifier.memory.MemorySettings;
import io.pointsman.classifier.memory.MemorySettings.Sharing;
import io.pointsman.gateway.config.BackendConfig.Embedded;
import io.pointsman.gateway.config.BackendConfig.EmbeddedModel;
import io.pointsman.gateway.config.BackendConfig.OpenAi;
import io.pointsman.policies.Condition;
import io.pointsman.policies.Policy;
import io.pointsman.policies.PoolPair;
import io.pointsman.policies.Rule;
import io.pointsman.policies.yaml.ConfigException;
import io.pointsman.policies.yaml.Position;
import io.pointsman.policies.yaml.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayConfigLoaderTest {

    private static final String SMALL =
            """
            backends:
              small: {base-url: "http://localhost:8000/v1", model: m}
            pools: {fast: [small]}
            policies: {default: fast}
            """;

    @Test
    void hasADefaultForEverythingElse() {
        var config = parse(SMALL);

        assertThat(config.server().host()).isEmpty();
        assertThat(config.server().address(false)).isEqualTo("127.0.0.1");
        assertThat(config.server().address(true)).isEqualTo("0.0.0.0");
        assertThat(config.server().port()).isEqualTo(8080);
        assertThat(config.server().maxRequestBytes()).isEqualTo(8 * 1024 * 1024);
        assertThat(config.server().allowedOrigins()).isEmpty();
        assertThat(config.server().pings())
                .isEqualTo(new GatewayConfig.Pings(Duration.ofSeconds(15), Duration.ofSeconds(15)));
        assertThat(config.server().maxConcurrentRequests()).isEqualTo(10_000);
        assertThat(config.server().drain())
                .isEqualTo(new GatewayConfig.Drain(Duration.ZERO, Duration.ofSeconds(25)));
        assertThat(Dialect.DEFAULT)
                .isEqualTo(
                        new Dialect(
                                RequestRules.NONE,
                                ReasoningField.AS_IS,
                                ReasoningTokens.AUTO,
                                100,
                                64L << 20));
        assertThat(config.management().host()).isEmpty();
        assertThat(config.management().address(false)).isEqualTo("127.0.0.1");
        assertThat(config.management().address(true)).isEqualTo("0.0.0.0");
        assertThat(config.management().port()).isEqualTo(8081);
        assertThat(config.auth().keysFile()).isEmpty();
        assertThat(config.auth().keysEnv()).isEqualTo("POINTSMAN_API_KEYS");
        assertThat(config.auth().tenants()).isEmpty();
        assertThat(config.auth().tenant("anybody")).isEqualTo(new Tenant("anybody", true));
        assertThat(config.backends().get("small"))
                .isEqualTo(
                        new OpenAi(
                                "small",
                                URI.create("http://localhost:8000/v1"),
                                "m",
                                Optional.empty(),
                                131_072,
                                Optional.empty(),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(60),
                                Optional.empty(),
                                Optional.empty(),
                                Reasoning.AUTO,
                                new TreeMap<>(),
                                Protection.DEFAULT,
                                Placement.DEFAULT,
                                Dialect.DEFAULT));
        assertThat(Protection.DEFAULT)
                .isEqualTo(
                        new Protection(
                                Duration.ofSeconds(60),
                                new Protection.Breaker(20, 5, 0.5, Duration.ofSeconds(10), 2),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                0.2,
                                Duration.ofSeconds(5)));
        assertThat(config.pools().sequencedValues().getFirst().attempts())
                .isEqualTo(
                        new Attempts(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Duration.ofHours(1),
                                3,
                                Duration.ofSeconds(1),
                                Duration.ofMillis(100),
                                Duration.ofSeconds(2),
                                Optional.empty()));
        assertThat(config.head()).isEqualTo(new Head.Generic());
        assertThat(config.memory())
                .isEqualTo(
                        new MemorySettings(
                                Optional.empty(), 100_000, Duration.ofDays(90), Sharing.TENANT));
        assertThat(config.learn()).isEmpty();
        assertThat(config.policies().aliases()).isEmpty();
        assertThat(config.policies().policy()).isEqualTo(new Policy("fast", List.of()));
    }

    @Test
    void readsHowBackendsAreProtectedAndPoolsTried() {
        var config =
                parse(
                        """
                        backends:
                          small:
                            base-url: "http://localhost:8000/v1"
                            model: m
                            between-tokens-timeout: 20s
                            breaker: {window: 50, minimum-calls: 10, failure-rate: 0.25, open-for: 1m, trial-calls: 3}
                            max-in-flight: 8
                            requests-per-second: 30
                            retry-budget: 0
                            cooldown: 30s
                        pools:
                          fast:
                            backends: [small]
                            connect-timeout: 1s
                            first-token-timeout: 5s
                            between-tokens-timeout: 10s
                            total-timeout: 2h
                            max-attempts: 5
                            retry-within: 2s
                            retry-backoff: 50ms
                            max-retry-wait: 1m
                            hedge: {after: 2s, share: 0.1}
                        policies: {default: fast}
                        """);

        assertThat(((OpenAi) config.backends().sequencedValues().getFirst()).protection())
                .isEqualTo(
                        new Protection(
                                Duration.ofSeconds(20),
                                new Protection.Breaker(50, 10, 0.25, Duration.ofMinutes(1), 3),
                                OptionalInt.of(8),
                                OptionalInt.of(30),
                                0,
                                Duration.ofSeconds(30)));
        assertThat(config.pools().sequencedValues().getFirst().attempts())
                .isEqualTo(
                        new Attempts(
                                Optional.of(Duration.ofSeconds(1)),
                                Optional.of(Duration.ofSeconds(5)),
                                Optional.of(Duration.ofSeconds(10)),
                                Duration.ofHours(2),
                                5,
                                Duration.ofSeconds(2),
                                Duration.ofMillis(50),
                                Duration.ofMinutes(1),
                                Optional.of(new Attempts.Hedge(Duration.ofSeconds(2), 0.1))));
    }

    @Test
    void givesSectionsThatSayNothingTheSameDefaults() {
        var config = parse("server: {}\nmanagement:\nauth: {tenants: {a: }}\n" + SMALL);

        assertThat(config.server()).isEqualTo(parse(SMALL).server());
        assertThat(config.management()).isEqualTo(parse(SMALL).management());
        assertThat(config.auth().tenant("a")).isEqualTo(new Tenant("a", true));
        assertThat(config.auth().keysEnv()).isEqualTo("POINTSMAN_API_KEYS");
    }

    @Test
    void isBuiltInForTheTwoBundledModels() {
        var config = GatewayConfigLoader.builtIn();

        assertThat(config.backends().values())
                .containsExactly(
                        new Embedded("fast", EmbeddedModel.FAST, Optional.of(Price.FREE)),
                        new Embedded("reasoner", EmbeddedModel.REASONER, Optional.of(Price.FREE)));
        assertThat(config.pools())
                .containsExactly(
                        Map.entry("fast", new PoolConfig(List.of("fast"))),
                        Map.entry("reasoner", new PoolConfig(List.of("reasoner"))));
        assertThat(config.head()).isEqualTo(new Head.Embedded());
        assertThat(config.policies().policy())
                .isEqualTo(
                        new Policy(
                                "fast",
                                List.of(
                                        new Rule(
                                                "hard",
                                                List.of(Condition.difficultyAtLeast(0.5)),
                                                "reasoner",
                                                List.of("fast")))));
    }

    @Test
    void keepsRecordsByDefaultInTheFolderOfData() {
        var config = parse(SMALL);

        assertThat(config.ledger())
                .isEqualTo(
                        new LedgerConfig(
                                Optional.empty(),
                                Duration.ofMillis(50),
                                LedgerConfig.WhenFull.COUNT,
                                Duration.ofDays(90),
                                10L << 30,
                                Optional.empty(),
                                Optional.empty()));
        assertThat(config.ledger(Map.of()).folder()).isEmpty();
        assertThat(config.ledger(Map.of()).logged()).isTrue();
        var somewhere = config.ledger(Map.of("POINTSMAN_DATA", "/data"));
        assertThat(somewhere.folder()).contains(Path.of("/data/ledger"));
        assertThat(somewhere.logged()).isFalse();
    }

    @Test
    void readsHowRecordsAreKept() {
        var config =
                GatewayConfigLoader.parse(
                        "/etc/pointsman/pointsman.yaml",
                        """
                        ledger:
                          folder: records
                          sync: always
                          when-full: refuse
                          retention: 30d
                          max-size: 2GiB
                          log: true
                          postgres:
                            url: jdbc:postgresql://db/pointsman
                            user: pointsman
                            password: {env: LEDGER_PASSWORD}
                            batch: 100
                        """);

        var ledger = config.ledger(Map.of("POINTSMAN_DATA", "/data"));
        assertThat(ledger.folder()).contains(Path.of("/etc/pointsman/records"));
        assertThat(ledger.sync()).isZero();
        assertThat(ledger.whenFull()).isEqualTo(LedgerConfig.WhenFull.REFUSE);
        assertThat(ledger.retention()).isEqualTo(Duration.ofDays(30));
        assertThat(ledger.maxSize()).isEqualTo(2L << 30);
        assertThat(ledger.logged()).isTrue();
        assertThat(ledger.postgres())
                .hasValueSatisfying(postgres -> {
                    assertThat(postgres.url()).isEqualTo("jdbc:postgresql://db/pointsman");
                    assertThat(postgres.user()).contains("pointsman");
                    assertThat(postgres.password()).isPresent();
                    assertThat(postgres.batch()).isEqualTo(100);
                });
        assertThat(parse("ledger: {postgres: {url: \"jdbc:postgresql://db/p\"}}").ledger())
                .satisfies(it ->
                        assertThat(it.postgres())
                                .hasValueSatisfying(to -> assertThat(to.batch()).isEqualTo(500)));
    }

    @Test
    void namesTheRulesTheSameWhateverElseTheFileSays() {
        var version = parse(SMALL).policyVersion();

        assertThat(version).matches("[0-9a-f]{12}");
        assertThat(parse(SMALL + "server: {port: 1}\n").policyVersion()).isEqualTo(version);
        assertThat(GatewayConfigLoader.builtIn().policyVersion()).isNotEqualTo(version);
    }

    @Test
    void learnsByDefaultWhereTheRulesTellThePair() {
        var learn = GatewayConfigLoader.builtIn().learn();

        assertThat(learn)
                .contains(
                        new LearnConfig(
                                new PoolPair("fast", "reasoner"), true, true, Optional.empty()));
        assertThat(parse("policies: {default: fast}").learn()).isEmpty();
        assertThat(parse("learn:").learn()).isEqualTo(learn);
        assertThat(parse("learn: {}").learn()).isEqualTo(learn);
    }

    @Test
    void readsHowToLearn() {
        var config =
                GatewayConfigLoader.parse(
                        "/etc/pointsman/pointsman.yaml",
                        """
                        classifier:
                          memory: {file: data/o.log, max-outcomes: 5_000, half-life: 30d, sharing: all}
                        learn:
                          fast: reasoner
                          reasoner: fast
                          feedback: false
                          evidence: false
                          comparison: {share: 0.05, max-cost-per-day: 2.50, judge: reasoner}
                        policies: {default: fast}
                        """);

        assertThat(config.memory())
                .isEqualTo(
                        new MemorySettings(
                                Optional.of(Path.of("/etc/pointsman/data/o.log")),
                                5_000,
                                Duration.ofDays(30),
                                Sharing.ALL));
        assertThat(config.learn())
                .contains(
                        new LearnConfig(
                                new PoolPair("reasoner", "fast"),
                                false,
                                false,
                                Optional.of(
                                        new LearnConfig.Comparison(
                                                0.05,
                                                new BigDecimal("2.50"),
                                                Optional.of("reasoner")))));
    }

    @Test
    void keepsOutcomesWhereTheFileOrTheEnvironmentSays() {
        var nowhere = parse("");
        var somewhere = parse("classifier: {memory: {file: o.log}}");

        assertThat(nowhere.memory(Map.of()).file()).isEmpty();
        assertThat(nowhere.memory(Map.of("POINTSMAN_DATA", " ")).file()).isEmpty();
        assertThat(nowhere.memory(Map.of("POINTSMAN_DATA", "/data")).file())
                .contains(Path.of("/data/pointsman-outcomes.log"));
        assertThat(somewhere.memory(Map.of("POINTSMAN_DATA", "/data")).file())
                .contains(Path.of("o.log"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'learn: {fast: fats}' | 1:15: learn.fast says \"fats\", which is none of the pools; did you"
                        + " mean fast?",
                "'learn: {fast: reasoner}' | 1:8: learn needs two pools, but fast and reasoner are both"
                        + " reasoner",
                "'learn: {fast: fast}\\npolicies: {default: fast}' | 1:8: learn must name the pools fast and"
                        + " reasoner: no rule with difficulty-at-least or difficulty-below tells which they"
                        + " are",
                "'ledger: {sync: 2h}' | 1:16: ledger.sync must be a duration from 1ms to 1m such as 500ms,"
                        + " 30s, 5m or 1h, not \"2h\"",
                "'ledger: {when-full: drop}' | 1:21: ledger.when-full says \"drop\", which is none of the"
                        + " values allowed here; there are: count, refuse",
                "'ledger: {postgres: {user: me}}' | 1:20: ledger.postgres.url is missing",
                "'ledger: {postgres: {url: \"jdbc:mysql://db/p\"}}' | 1:26: ledger.postgres.url must be like"
                        + " jdbc:postgresql://db.example.com/pointsman",
                "'ledger: {postgres: {url: \"jdbc:postgresql://db/p?password=x\"}}' | 1:26:"
                        + " ledger.postgres.url must not hold a password: password: {env: NAME} says where it"
                        + " is",
                "'learn: {feedbck: true}' | 1:9: learn.feedbck is not a known key; did you mean feedback?",
                "'learn: {evidence: maybe}' | 1:19: learn.evidence must be true or false, not \"maybe\"",
                "'learn: {comparison: {share: 2}}' | 1:29: learn.comparison.share must be a number from 0 to"
                        + " 1, not \"2\"",
                "'learn: {comparison: {share: 0.1}}' | 1:21: learn.comparison.max-cost-per-day is missing",
                "'learn: {comparison: {share: 0.1, max-cost-per-day: -1}}' | 1:52:"
                        + " learn.comparison.max-cost-per-day must be a number from 0 to 1000000, not"
                        + " \"-1\"",
                "'learn: {comparison: {judge: juge}}' | 1:29: learn.comparison.judge says \"juge\", which is"
                        + " none of the pools; there are: fast, reasoner",
                "'classifier: {memory: {half-life: 5m}}' | 1:34: classifier.memory.half-life must be a"
                        + " duration from 1h to 3650d such as 90s, 12h or 90d, not \"5m\"",
                "'classifier: {memory: {max-outcomes: 0}}' | 1:37: classifier.memory.max-outcomes must be a"
                        + " whole number from 1 to 10000000, not \"0\"",
                "'classifier: {memory: {sharing: tennant}}' | 1:32: classifier.memory.sharing says"
                        + " \"tennant\", which is none of the values allowed here; did you mean tenant?",
                "'classifier: {memory: {fil: x}}' | 1:23: classifier.memory.fil is not a known key; did you"
                        + " mean file?",
            })
    void refusesWaysToLearn(String text, String problem) {
        assertThat(problems(text.replace("\\n", "\n")))
                .containsExactly("pointsman.yaml:" + problem);
    }

    @Test
    void refusesToCompareWhatHasNoPrice() {
        var text =
                """
                backends:
                  small: {base-url: "http://h/v1", model: m, price: {prompt: 1, completion: 2}}
                  deep: {base-url: "http://h/v1", model: m}
                  wise: {base-url: "http://h/v1", model: m}
                pools: {fast: [small], reasoner: [deep], judge: [wise]}
                policies: {default: fast, rules: [{name: hard, when: {difficulty-at-least: 0.5}, route: reasoner}]}
                learn: {comparison: {share: %s, max-cost-per-day: 1, judge: judge}}
                """;

        assertThat(problems(text.formatted("0.1")))
                .containsExactly(unpriced("deep of pool reasoner"), unpriced("wise of pool judge"));
        assertThat(parse(text.formatted("0")).learn().orElseThrow().comparison()).isEmpty();
    }

    private static String unpriced(String backend) {
        return "pointsman.yaml:7:21: learn.comparison cannot keep to max-cost-per-day: backend "
                + backend
                + " has no price; add price: {prompt: ..., completion: ...} to it";
    }

    @Test
    void keepsWhatIsBuiltInWhereTheFileLeavesItOut() {
        var builtIn = GatewayConfigLoader.builtIn();

        assertThat(parse("")).isEqualTo(builtIn);
        var moved = parse("server: {port: 9090}\n");
        assertThat(moved.server().port()).isEqualTo(9090);
        assertThat(moved.backends()).isEqualTo(builtIn.backends());
        assertThat(moved.policies()).isEqualTo(builtIn.policies());
        var other = parse("policies: {default: reasoner}\n");
        assertThat(other.pools()).isEqualTo(builtIn.pools());
        assertThat(other.head()).isEqualTo(new Head.Embedded());
        assertThat(other.policies().policy()).isEqualTo(new Policy("reasoner", List.of()));
    }

    @Test
    void readsEverything() {
        var config =
                GatewayConfigLoader.parse(
                        "/etc/pointsman/pointsman.yaml",
                        """
                        server:
                          host: 10.0.0.1
                          port: 80
                          max-request-bytes: 1MiB
                          first-ping-after: 5s
                          ping-interval: 10s
                          max-concurrent-requests: 77
                          drain: {delay: 3s, timeout: 2m}
                          cors: {allowed-origins: [https://chat.example.com, "*"]}
                        management: {host: 10.0.0.2, port: 81}
                        auth:
                          keys-file: keys
                          keys-env: OUR_KEYS
                          tenants: {team-a: {may-choose-route: false}}
                        backends:
                          r1:
                            kind: openai
                            base-url: https://api.example.com/v1/
                            model: deepseek-reasoner
                            api-key: {env: R1_KEY}
                            context-length: 64_000
                            price: {prompt: 0.55, cached-prompt: 0.14, completion: 2.19}
                            connect-timeout: 500ms
                            first-token-timeout: 2m
                            proxy: http://proxy:3128
                            ca-file: certs/ca.pem
                            reasoning: off
                            headers: {x-team: platform}
                          other:
                            base-url: http://[::1]:8000
                            model: m
                            api-key: {file: /run/secrets/key}
                            price: {prompt: 1, completion: 2}
                        pools: {reasoner: [r1, other]}
                        classifier: {head: ours.json}
                        policies: {default: reasoner, aliases: {gpt-4o: auto}}
                        """);

        assertThat(config.server())
                .isEqualTo(
                        new GatewayConfig.Server(
                                Optional.of("10.0.0.1"),
                                80,
                                1 << 20,
                                List.of("https://chat.example.com", "*"),
                                new GatewayConfig.Pings(
                                        Duration.ofSeconds(5), Duration.ofSeconds(10)),
                                77,
                                new GatewayConfig.Drain(
                                        Duration.ofSeconds(3), Duration.ofMinutes(2))));
        assertThat(config.server().address(false)).isEqualTo("10.0.0.1");
        assertThat(config.management())
                .isEqualTo(new GatewayConfig.Management(Optional.of("10.0.0.2"), 81));
        assertThat(config.auth())
                .isEqualTo(
                        new GatewayConfig.Auth(
                                Optional.of(Path.of("/etc/pointsman/keys")),
                                "OUR_KEYS",
                                Map.of("team-a", new Tenant("team-a", false))));
        assertThat(config.backends().get("r1"))
                .isEqualTo(
                        new OpenAi(
                                "r1",
                                URI.create("https://api.example.com/v1"),
                                "deepseek-reasoner",
                                Optional.of(
                                        new SecretRef.Env(
                                                "R1_KEY",
                                                new Position(
                                                        "/etc/pointsman/pointsman.yaml",
                                                        20,
                                                        14,
                                                        "backends.r1.api-key"))),
                                64_000,
                                Optional.of(price("0.55", "0.14", "2.19")),
                                Duration.ofMillis(500),
                                Duration.ofMinutes(2),
                                Optional.of(URI.create("http://proxy:3128")),
                                Optional.of(Path.of("/etc/pointsman/certs/ca.pem")),
                                Reasoning.OFF,
                                new TreeMap<>(Map.of("x-team", "platform")),
                                Protection.DEFAULT,
                                Placement.DEFAULT,
                                Dialect.DEFAULT));
        assertThat(config.backends().sequencedValues().getLast().price())
                .contains(price("1", "1", "2"));
        assertThat(config.head()).isEqualTo(new Head.FromFile(Path.of("/etc/pointsman/ours.json")));
        assertThat(config.policies().aliases()).containsExactly(Map.entry("gpt-4o", "auto"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base-ulr: x | backends.small.base-ulr is not a known key; did you mean base-url?",
                "api-key: sk-1234 | backends.small.api-key must not hold a key itself: write {env: NAME}"
                        + " or {file: PATH}, which say where it is",
                "api-key: {} | backends.small.api-key must be either {env: NAME} or {file: PATH}",
                "'api-key: {env: A, file: b}' | backends.small.api-key must be either {env: NAME} or"
                        + " {file: PATH}",
                "'api-key: {env: sk-1}' | backends.small.api-key.env must be the name of an environment"
                        + " variable: A-Z a-z 0-9 _, no digit first",
                "'api-key: {enb: A}' | backends.small.api-key.enb is not a known key; did you mean env?",
                "context-length: 0 | backends.small.context-length must be a whole number from 1 to"
                        + " 100000000, not \"0\"",
                "'price: {prompt: 1}' | backends.small.price.completion is missing",
                "'price: {prompt: -1, completion: 1}' | backends.small.price.prompt must be a number from"
                        + " 0 to 1000000, not \"-1\"",
                "connect-timeout: 2 | backends.small.connect-timeout must be a duration from 1ms to 1h"
                        + " such as 500ms, 30s, 5m or 1h, not \"2\"",
                "proxy: socks5://p:1 | backends.small.proxy must be a URL that begins with http://, such"
                        + " as http://proxy.example.com:3128",
                "proxy: http://proxy | backends.small.proxy must be of the form http://host:port",
                "proxy: http://me:pw@proxy:1 | backends.small.proxy must not hold a user or password; it"
                        + " must be a URL such as http://proxy.example.com:3128",
                "reasoning: on | backends.small.reasoning says \"on\", which is none of the values allowed"
                        + " here; there are: auto, opened, off",
                "'headers: {authorization: x}' | backends.small.headers.authorization must not stand here:"
                        + " name the key's place as api-key instead",
                "'headers: {Host: x}' | backends.small.headers.Host is set by the gateway itself",
                "'headers: {a b: x}' | backends.small.headers.a b is no name of a header",
                "'headers: {a: é}' | backends.small.headers.a must be at most 1024 printable ASCII"
                        + " characters",
                "kind: opnai | backends.small.kind says \"opnai\", which is none of the values allowed here;"
                        + " did you mean openai?",
            })
    void refusesBackends(String line, String problem) {
        var text = SMALL.replace("model: m}", "model: m, " + line + "}");

        assertThat(problems(text)).anySatisfy(it -> assertThat(it).endsWith(": " + problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost:8000/v1 | must be a URL that begins with http:// or https://, such as"
                        + " https://api.openai.com/v1",
                "ftp://localhost | must be a URL that begins with http:// or https://, such as"
                        + " https://api.openai.com/v1",
                "http:// | must be a URL such as https://api.openai.com/v1",
                "http://h/v1?key=1 | must be a URL without ? and #, such as https://api.openai.com/v1",
                "http://h/v1/chat/completions | must end before /chat/completions, which is appended to it",
            })
    void refusesBaseUrls(String url, String problem) {
        assertThat(problems(SMALL.replace("http://localhost:8000/v1", url)))
                .containsExactly("pointsman.yaml:2:21: backends.small.base-url " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'backends: {a: {model: m}}\\npools: {p: [a]}\\npolicies: {default: p}' |"
                        + " 1:15: backends.a.base-url is missing",
                "'backends: {a: {kind: embedded, model: fats}}\\npools: {p: [a]}\\npolicies: {default: p}' |"
                        + " 1:39: backends.a.model says \"fats\", which is none of the values allowed here;"
                        + " did you mean fast?",
                "'pools: {p: [a]}\\npolicies: {default: p}' | 1:1: backends is missing",
                "'server: {port: 8081}' | 1:9: server leaves server and management on one port, 8081; each"
                        + " needs its own",
                "'management: {port: 8080}' | 1:13: management leaves server and management on one port,"
                        + " 8080; each needs its own",
                "'server: {port: 65536}' | 1:16: server.port must be a whole number from 0 to 65535, not"
                        + " \"65536\"",
                "'server: {max-request-bytes: 8}' | 1:29: server.max-request-bytes must be a size from 1024"
                        + " to 1073741824 bytes such as 512KiB or 8MiB, not \"8\"",
                "'server: {cors: {}}' | 1:16: server.cors.allowed-origins is missing",
                "'server: {cors: {allowed-origins: [chat.example.com]}}' | 1:35:"
                        + " server.cors.allowed-origins[0] must be a URL that begins with http:// or"
                        + " https://, such as https://chat.example.com",
                "'server: {cors: {allowed-origins: [\"https://a/b\"]}}' | 1:35:"
                        + " server.cors.allowed-origins[0] must end after the host or port: an origin has no"
                        + " path",
                "'auth: {tenants: {a b: {}}}' | 1:18: auth.tenants.a b is no name: names are 1 to 64 of A-Z"
                        + " a-z 0-9 . _ - and begin with a letter or digit",
                "'auth: {tenants: {\"\": {}}}' | 1:18: auth.tenants. is no name: names are 1 to 64 of A-Z"
                        + " a-z 0-9 . _ - and begin with a letter or digit",
                "'auth: {tenants: {a: {may-chose-route: true}}}' | 1:22: auth.tenants.a.may-chose-route is"
                        + " not a known key; did you mean may-choose-route?",
                "'classifier: {head: genric}' | 1:20: classifier.head says \"genric\", which is none of the"
                        + " heads, nor a path that ends in .json; did you mean generic?",
                "'backend: {}' | 1:1: backend is not a known key; did you mean backends?",
                "'policies: {default: fats}' | 1:21: policies.default says \"fats\", which is none of the"
                        + " pools; did you mean fast?",
            })
    void refusesOtherThings(String text, String problem) {
        assertThat(problems(text.replace("\\n", "\n"))).contains("pointsman.yaml:" + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{fast: [], p: [small]}' | 3:15: pools.fast is empty: a pool has at least one backend",
                "'{fast: [small, small]}' | 3:23: pools.fast[1] stands in the pool twice",
                "'{fast: [small, smal]}' | 3:23: pools.fast[1] says \"smal\", which is none of the backends;"
                        + " did you mean small?",
                "'{fast: [small], auto: [small]}' | 3:24: pools.auto is reserved: auto leaves the choice to"
                        + " the rules",
                "'{fast: small}' | 3:15: pools.fast must be a list, not \"small\"",
            })
    void refusesPools(String pools, String problem) {
        assertThat(problems(SMALL.replace("{fast: [small]}", pools)))
                .contains("pointsman.yaml:" + problem);
    }

    @Test
    void refusesABackendThatIsInNoPool() {
        var text = SMALL.replace("pools:", "  spare: {kind: embedded, model: fast}\npools:");

        assertThat(problems(text))
                .containsExactly(
                        "pointsman.yaml:3:3: backends.spare is in no pool, so that nothing can reach it");
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        var text =
                """
                server: {prot: 1}
                backends:
                  small: {base-url: "localhost", modle: m}
                pools: {fast: [smal]}
                policies: {default: fats}
                """;

        assertThat(problems(text))
                .containsExactly(
                        "pointsman.yaml:1:10: server.prot is not a known key; did you mean port?",
                        "pointsman.yaml:3:3: backends.small is in no pool, so that nothing can reach it",
                        "pointsman.yaml:3:10: backends.small.model is missing",
                        "pointsman.yaml:3:21: backends.small.base-url must be a URL that begins with"
                                + " http:// or https://, such as https://api.openai.com/v1",
                        "pointsman.yaml:3:34: backends.small.modle is not a known key; did you mean model?",
                        "pointsman.yaml:4:16: pools.fast[0] says \"smal\", which is none of the backends; did"
                                + " you mean small?",
                        "pointsman.yaml:5:21: policies.default says \"fats\", which is none of the pools; did"
                                + " you mean fast?");
    }

    @Test
    void neverShowsAKeyThatStandsInTheFile() {
        assertThatThrownBy(() ->
                        parse(SMALL.replace("model: m}", "model: m, api-key: sk-verysecret}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("verysecret");
    }

    @Test
    void saysWhyAFileCannotBeRead(@TempDir Path folder) throws IOException {
        var binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0});
        var tooLong = Files.write(folder.resolve("long.yaml"), new byte[5 << 20]);

        assertThatThrownBy(() -> GatewayConfigLoader.load(folder.resolve("none.yaml")))
                .hasMessage(folder + "/none.yaml: there is no such file");
        assertThatThrownBy(() -> GatewayConfigLoader.load(binary))
                .hasMessage(binary + ": is not UTF-8");
        assertThatThrownBy(() -> GatewayConfigLoader.load(tooLong))
                .hasMessage(tooLong + ": is too long for a configuration");
        assertThatThrownBy(() -> GatewayConfigLoader.load(folder))
                .hasMessageContaining(folder + ": cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"generic", "embedded"})
    void takesAFileWithTheNameOfAHeadByItsPath(String name) {
        assertThat(parse("classifier: {head: ./" + name + ".json}\n" + SMALL).head())
                .isEqualTo(new Head.FromFile(Path.of(name + ".json")));
    }

    private static Price price(String prompt, String cachedPrompt, String completion) {
        return new Price(
                new BigDecimal(prompt), new BigDecimal(cachedPrompt), new BigDecimal(completion));
    }

    private static GatewayConfig parse(String text) {
        return GatewayConfigLoader.parse("pointsman.yaml", text);
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(ConfigException.class, () -> parse(text)).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
