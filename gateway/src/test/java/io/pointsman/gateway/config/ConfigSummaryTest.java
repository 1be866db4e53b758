package io.pointsman.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigSummaryTest {

    @Test
    void showsTheBuiltInConfiguration() {
        assertThat(ConfigSummary.of(GatewayConfigLoader.builtIn()))
                .isEqualTo(
                        """
                        backends
                          fast             bundled model fast, $0 / $0 / $0 per million prompt / cached / completion tokens
                          reasoner         bundled model reasoner, $0 / $0 / $0 per million prompt / cached / completion tokens
                        pools
                          fast             fast
                          reasoner         reasoner
                        classifier
                          head             embedded
                          memory           100000 outcomes in $POINTSMAN_DATA where set, half-life 90d, each tenant's for itself
                        learning
                          pair             fast or reasoner
                          feedback         on
                          evidence         on
                          comparison       off
                        ledger
                          records          in $POINTSMAN_DATA where set, 90d and 10 GiB at most, synced each 50ms
                          when full        count what is lost
                        rules
                          client's choice  model names a pool -> that pool
                          hard             difficulty >= 0.5 -> reasoner, else fast
                          default          -> fast\
                        """);
    }

    @Test
    void saysWhereKeysAreAndWhatAliasesMean() {
        var config = GatewayConfigLoader.load(Path.of("../docs/examples/openai-deepseek.yaml"));

        assertThat(ConfigSummary.of(config))
                .contains(
                        "  gpt-4o-mini      gpt-4o-mini at https://api.openai.com/v1, 128000 tokens, key"
                                + " from $OPENAI_API_KEY, $0.15 / $0.075 / $0.60 per million prompt / cached"
                                + " / completion tokens\n",
                        "  asked-for        reasoning effort high -> reasoner, else fast\n",
                        "aliases\n  gpt-4o           auto\n  o1               reasoner");
    }

    @Test
    void saysWhichDeadlinesAndLimitsAreNotTheDefaults() {
        var config =
                GatewayConfigLoader.parse(
                        "pointsman.yaml",
                        """
                        backends:
                          a: {base-url: http://localhost:1/v1, model: m, first-token-timeout: 6s, max-in-flight: 4, breaker: {open-for: 3s, window: 20}}
                          b: {base-url: http://localhost:2/v1, model: m}
                        pools:
                          p: {backends: [a, b], connect-timeout: 500ms, total-timeout: 90s, max-attempts: 3, hedge: {after: 1s}}
                          q: [a]
                        policies: {default: p}
                        """);

        assertThat(ConfigSummary.of(config))
                .contains(
                        ", no price; first-token-timeout 6s, max-in-flight 4, breaker.open-for 3s\n",
                        "http://localhost:2/v1, 131072 tokens, no key, no price\n",
                        "  p                a, b; connect-timeout 500ms, total-timeout 90s, hedge after 1s,"
                                + " share 0.05\n",
                        "  q                a\n");
    }

    @Test
    void saysHowItLearns() {
        var config =
                GatewayConfigLoader.parse(
                        "pointsman.yaml",
                        """
                        classifier: {memory: {file: o.log, max-outcomes: 7, half-life: 36h, sharing: all}}
                        learn: {feedback: false, comparison: {share: 0.02, max-cost-per-day: 1.50, judge: fast}}
                        """);
        var off = GatewayConfigLoader.parse("pointsman.yaml", "policies: {default: fast}");

        assertThat(ConfigSummary.of(config))
                .contains(
                        "  memory           7 outcomes in o.log, half-life 36h, shared by all tenants\n",
                        "  feedback         off\n",
                        "  comparison       at most 0.02 of auto, at most $1.50 a day, judged by fast\n");
        assertThat(ConfigSummary.of(off))
                .contains(
                        "learning\n  off              no rule tells which pool is fast and which the"
                                + " reasoner\n");
    }
}
