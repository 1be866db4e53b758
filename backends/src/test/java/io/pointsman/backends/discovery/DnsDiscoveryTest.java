package io.pointsman.backends.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DnsDiscoveryTest {

    private static final URI URL = URI.create("https://r1.example/v1");

    @Test
    void findsAReplicaAtEachAddressInAnOrderOfItsOwn() throws IOException {
        assertThat(discovery("10.0.0.2", "10.0.0.1", "10.0.0.2").find())
                .containsExactly(
                        new Address("10.0.0.1:443", URL, Optional.of(address("10.0.0.1"))),
                        new Address("10.0.0.2:443", URL, Optional.of(address("10.0.0.2"))));
    }

    @Test
    void countsReplicasOfBothFamiliesOnce() throws IOException {
        assertThat(discovery("10.0.0.1", "fd00::1", "10.0.0.2", "fd00::2").find())
                .extracting(Address::label)
                .containsExactly("10.0.0.1:443", "10.0.0.2:443");
        assertThat(discovery("fd00::1", "10.0.0.1").find())
                .extracting(Address::label)
                .containsExactly("[fd00:0:0:0:0:0:0:1]:443");
    }

    @Test
    void refusesAnswersThatMakeNoSense() {
        assertThatIOException()
                .isThrownBy(() -> discovery().find())
                .withMessage("host r1.example has no address");
        var many = new ArrayList<>(Collections.nCopies(Discovery.MOST + 1, "10.0.0.1"));
        assertThatIOException()
                .isThrownBy(() -> discovery(many.toArray(String[]::new)).find())
                .withMessageContaining("more than 1000");
    }

    @Test
    void asksTheMachinesOwnNameService() throws IOException {
        try (var names = new SystemNames()) {
            assertThat(names.lookUp("localhost"))
                    .isNotEmpty()
                    .allMatch(InetAddress::isLoopbackAddress);
            assertThatIOException()
                    .isThrownBy(() -> names.lookUp("nothing.invalid"))
                    .withMessage("host nothing.invalid cannot be resolved");
        }
    }

    private static DnsDiscovery discovery(String... addresses) {
        return new DnsDiscovery(
                URL,
                host -> {
                    assertThat(host).isEqualTo("r1.example");
                    List<InetAddress> found = new ArrayList<>();
                    for (var address : addresses) {
                        found.add(address(address));
                    }
                    return found;
                });
    }

    private static InetAddress address(String text) throws IOException {
        return InetAddress.getByName(text);
    }
}
