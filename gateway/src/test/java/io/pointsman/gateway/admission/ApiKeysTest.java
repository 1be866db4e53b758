package io.pointsman.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private final String key = KeyHash.newKey();

    @Test
    void knowsTheTenantOfAKey() {
        var keys = ApiKeys.parse("keys", "# ours\n\nteam-a:" + KeyHash.of(key) + "\n");

        assertThat(keys.isEmpty()).isFalse();
        assertThat(keys.tenantOf(key)).hasValue("team-a");
        assertThat(keys.tenantOf(key + "x")).isEmpty();
        assertThat(keys.tenantOf("")).isEmpty();
    }

    @Test
    void knowsAKeyAgainAndNoOtherInItsPlace() {
        var keys = ApiKeys.parse("keys", "team-a:" + KeyHash.of(key));

        for (int i = 0; i < 3; i++) {
            assertThat(keys.tenantOf(key)).hasValue("team-a");
            assertThat(keys.tenantOf(key + "x")).isEmpty();
            assertThat(keys.tenantOf(KeyHash.newKey())).isEmpty();
        }
    }

    @Test
    void aKeyOfTheSameIndexIsAnotherKey() {
        var other = KeyHash.of(KeyHash.newKey());
        var mine = KeyHash.of(key);
        var keys =
                ApiKeys.parse("keys", "a:" + new KeyHash(mine.index(), other.salt(), other.hash()));

        assertThat(keys.tenantOf(key)).isEmpty();
    }

    @Test
    void whatIsStoredLetsNobodyIn() {
        var hash = KeyHash.of(key);
        var keys = ApiKeys.parse("keys", "team-a:" + hash);

        assertThat(keys.tenantOf(hash.toString())).isEmpty();
        assertThat(keys.tenantOf(hash.hash())).isEmpty();
        assertThat(hash.toString()).doesNotContain(key);
    }

    @Test
    void saltsEachHash() {
        assertThat(KeyHash.of(key).hash()).isNotEqualTo(KeyHash.of(key).hash());
    }

    @Test
    void takesSeveralInOneVariable() {
        var other = KeyHash.newKey();

        var keys = ApiKeys.parse("KEYS", "a:" + KeyHash.of(key) + ",b:" + KeyHash.of(other));

        assertThat(keys.tenantOf(other)).hasValue("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-plain-key", "team-a:secret", ":pm1.x", "team-a"})
    void refusesALineWithoutShowingIt(String line) {
        assertThatThrownBy(() -> ApiKeys.parse("keys", "# first\n" + line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys:2: ")
                .hasMessageContaining("pointsman keys create")
                .hasMessageNotContaining(line);
    }

    /// Nobody is the tenant whose outcomes count for all.
    @ParameterizedTest
    @ValueSource(strings = {":", " :", "\t: "})
    void refusesATenantWithoutAName(String beginning) {
        var line = beginning + KeyHash.of(key);

        assertThatThrownBy(() -> ApiKeys.parse("keys", line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys:1: expected tenant:hash");
    }

    @Test
    void refusesTheSameKeyTwice() {
        var line = "team-a:" + KeyHash.of(key);

        assertThatThrownBy(() -> ApiKeys.parse("keys", line + "\n" + line))
                .hasMessageContaining("keys:2")
                .hasMessageContaining("twice");
    }
}
