package io.pointsman.backends.openai;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import org.junit.jupiter.api.Test;

class UnconnectedReadsTest {

    private boolean connected;

    private final EmbeddedChannel connection =
            new EmbeddedChannel() {
                @Override
                public boolean isActive() {
                    return super.isActive() && connected;
                }
            };

    UnconnectedReadsTest() {
        UnconnectedReads.hushOn(connection);
    }

    @Test
    void aReadBeforeTheConnectionStandsIsNoError() {
        connection.pipeline().fireExceptionCaught(new NotYetConnectedException());

        assertThatCode(connection::checkException).doesNotThrowAnyException();
    }

    @Test
    void anyOtherErrorIs() {
        var broken = new IOException("broken");
        connection.pipeline().fireExceptionCaught(broken);

        assertThatThrownBy(connection::checkException).isSameAs(broken);
    }

    @Test
    void aConnectionThatStandsWasConnected() {
        connected = true;
        connection.pipeline().fireExceptionCaught(new NotYetConnectedException());

        assertThatThrownBy(connection::checkException).isInstanceOf(NotYetConnectedException.class);
    }
}
