package io.pointsman.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StampTest {

    @Test
    void isFoundWhereverItIsCut() {
        var buffer = Unpooled.buffer();
        buffer.writeCharSequence("a ~" + Stamp.BLANK + "^" + Stamp.BLANK + " b", US_ASCII);
        Stamp.put(buffer, 3, 123_456_789_012L);
        Stamp.put(buffer, 3 + Stamp.DIGITS + 1, 42);
        var bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);

        for (int cut = 0; cut <= bytes.length; cut++) {
            var found = new ArrayList<String>();
            var finder = new Stamp.Finder((kind, nanos) -> found.add((char) kind + "" + nanos));
            finder.find(bytes, 0, cut);
            finder.find(bytes, cut, bytes.length);

            assertThat(found).as("cut at %d", cut).containsExactly("~123456789012", "^42");
        }
    }

    @Test
    void isNotSeenInATildeOfText() {
        var found = new ArrayList<Long>();
        var bytes = "about ~5 of them ~1234".getBytes(US_ASCII);

        new Stamp.Finder((_, nanos) -> found.add(nanos)).find(bytes, 0, bytes.length);

        assertThat(found).isEqualTo(List.of());
    }
}
