package io.pointsman.classifier.memory;

import static io.pointsman.classifier.memory.SketchFamilies.sketch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KnownPromptsTest {

    private final SketchSpace space = new SketchSpace(SketchFamilies::weight);

    static Stream<Arguments> sets() {
        return Stream.of(1, 2, 3)
                .flatMap(seed ->
                        Stream.of(1, SketchIndex.SCANNED, SketchIndex.SCANNED + 1, 3_000, 10_000)
                                .map(size -> Arguments.of(seed, size)));
    }

    /// The lists of the commonest buckets are longer here than is visited of them, and those of a
    /// query together longer than is visited of all.
    @ParameterizedTest
    @MethodSource("sets")
    void tellsWhatAnIndexTells(long seed, int size) {
        var families = new SketchFamilies(seed);
        var sketches = Stream.generate(families::next).limit(size).toList();
        var known = new KnownPrompts(sketches, space);
        var index = new SketchIndex(space);
        sketches.forEach(index::add);

        for (var query : queries(families, sketches)) {
            assertThat(known.nearest(query)).isEqualTo(index.nearest(query, 1).nearest());
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void reachesWhatTheNearestReaches(long seed, int size) {
        var families = new SketchFamilies(seed);
        var sketches = Stream.generate(families::next).limit(size).toList();
        var known = new KnownPrompts(sketches, space);

        for (var query : queries(families, sketches)) {
            float nearest = known.nearest(query);
            for (double similarity : new double[] {0, 0.01, 0.04, 0.1, 0.3, 0.8, 1}) {
                assertThat(known.reaches(query, similarity)).isEqualTo(nearest >= similarity);
            }
            assertThat(known.reaches(query, nearest)).isTrue();
            assertThat(known.reaches(query, Math.nextUp((double) nearest))).isFalse();
            assertThat(known.nearest(query)).isEqualTo(nearest);
        }
    }

    @Test
    void isNearNothingThatSharesNothing() {
        var known = new KnownPrompts(List.of(sketch(1, 2), sketch(3)), space);

        assertThat(known.nearest(sketch(4, 5))).isZero();
        assertThat(known.nearest(sketch())).isZero();
        assertThat(new KnownPrompts(List.of(), space).nearest(sketch(1))).isZero();
    }

    @Test
    void isNearestToItself() {
        var known = new KnownPrompts(List.of(sketch(100, 200), sketch(300)), space);

        assertThat(known.nearest(sketch(300))).isEqualTo(1);
    }

    @Test
    void refusesMoreThanItCanNumber() {
        var most = Collections.nCopies(1 << 16, sketch(1));
        var tooMany = Collections.nCopies((1 << 16) + 1, sketch(1));

        assertThat(new KnownPrompts(most, space).nearest(sketch(1))).isEqualTo(1);
        assertThatThrownBy(() -> new KnownPrompts(tooMany, space))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
    }

    private static List<Sketch> queries(SketchFamilies families, List<Sketch> sketches) {
        var queries = new ArrayList<Sketch>();
        for (int i = 0; i < 400; i++) {
            queries.add(families.next());
            queries.add(families.like(sketches.get(i * 7 % sketches.size())));
        }
        return queries;
    }
}
