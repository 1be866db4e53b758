package io.pointsman.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void printsAsStars() {
        var secret = new Secret("sk-123");

        assertThat(secret).hasToString("***");
        assertThat(secret.reveal()).isEqualTo("sk-123");
    }
}
