package io.pointsman.api.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.wire.ThinkSplitter.Mode;
import io.pointsman.api.wire.ThinkSplitter.Split;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThinkSplitterTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    AUTO   | <think>why</think>¶¶answer      | why          | answer
                    AUTO   | ¶  <think>¶why¶</think>answer    | ¶why¶        | answer
                    AUTO   | answer                           | ''           | answer
                    AUTO   | ' ¶ answer'                      | ''           | ' ¶ answer'
                    AUTO   | ''                               | ''           | ''
                    AUTO   | ' ¶ '                            | ''           | ' ¶ '
                    AUTO   | <thin                            | ''           | <thin
                    AUTO   | <thinker>                        | ''           | <thinker>
                    AUTO   | <<think>a</think>                | ''           | <<think>a</think>
                    AUTO   | x<think>a</think>b               | ''           | x<think>a</think>b
                    AUTO   | <think>a</think>b<think>c</think>| a            | b<think>c</think>
                    AUTO   | <think>a<think>b</think>c        | a<think>b    | c
                    AUTO   | <think>a                         | a            | ''
                    AUTO   | <think>a</thin                   | a</thin      | ''
                    AUTO   | <think>a<</think>b               | a<           | b
                    AUTO   | <think>a</</think>b              | a</          | b
                    AUTO   | <think>a</thi</think>b           | a</thi       | b
                    AUTO   | <think></think>                  | ''           | ''
                    AUTO   | <think>a</think>¶¶¶              | a            | ''
                    AUTO   | <think>a</think> b               | a            | ' b'
                    AUTO   | <think>1 < 2 ü😀</think>ü😀       | 1 < 2 ü😀    | ü😀
                    OPENED | why</think>¶answer               | why          | answer
                    OPENED | ¶<think>¶why</think>answer       | ¶why         | answer
                    OPENED | ' ¶ why</think>answer'           | ' ¶ why'     | answer
                    OPENED | </think>answer                   | ''           | answer
                    OPENED | <</think>answer                  | <            | answer
                    OPENED | <think                           | <think       | ''
                    OPENED | why                              | why          | ''
                    OPENED | a</think>`</think>`              | a            | `</think>`
                    OFF    | <think>a</think>b                | ''           | <think>a</think>b
                    """)
    void t34_splitsThinkingFromAnswerAtEveryCut(
            Mode mode, String marked, String reasoning, String content) {
        var text = newlines(marked);
        var expected = new Split(newlines(reasoning), newlines(content));

        assertThat(split(mode, text)).isEqualTo(expected);
        for (int i = 0; i <= text.length(); i++) {
            for (int j = i; j <= text.length(); j++) {
                assertThat(split(mode, text, i, j)).as("cut at %d, %d", i, j).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void doesNotCareHowTheTextIsCut(long seed) {
        var random = new Random(seed);
        var pieces =
                new String[] {
                    "<think>", "</think>", "<", "</", "<th", "a", "\n", " ", "think>", "😀"
                };
        var text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        var mode = List.of(Mode.AUTO, Mode.OPENED, Mode.OFF).get(random.nextInt(3));
        var cuts = random.ints(random.nextInt(20), 0, text.length() + 1).sorted().toArray();

        assertThat(split(mode, text.toString(), cuts)).isEqualTo(split(mode, text.toString()));
    }

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @Test
    void givesOutWhatIsCertain() {
        var splitter = new ThinkSplitter(Mode.AUTO);

        assertThat(splitter.push("<thi")).isEqualTo(Split.NOTHING);
        assertThat(splitter.push("nk>wh")).isEqualTo(new Split("wh", ""));
        assertThat(splitter.push("y</th")).isEqualTo(new Split("y", ""));
        assertThat(splitter.push("ink>\n")).isEqualTo(Split.NOTHING);
        assertThat(splitter.settled()).isFalse();
        assertThat(splitter.push("<b>")).isEqualTo(new Split("", "<b>"));
        assertThat(splitter.settled()).isTrue();
    }

    @Test
    void holdsBackNoMoreThanATag() {
        var splitter = new ThinkSplitter(Mode.OPENED);
        var text = "</thin".repeat(1000);
        int given = splitter.push(text).reasoning().length();

        assertThat(text.length() - given).isLessThan("</think>".length());
    }

    /// Counts the characters looked at, for time on a busy machine tells nothing.
    @ParameterizedTest
    @ValueSource(strings = {" ", "<", "</", "</think", "<think>", "a", "\n<thin"})
    void t34_looksAtEachCharacterOnce(String pattern) {
        for (var mode : Mode.values()) {
            var few = work(mode, pattern.repeat(1_000), 7);
            var many = work(mode, pattern.repeat(50_000), 7);

            assertThat(few).isLessThanOrEqualTo(2L * pattern.length() * 1_000);
            assertThat(many).isLessThanOrEqualTo(50 * few + 1_000);
        }
    }

    private static long work(Mode mode, String text, int size) {
        var splitter = new ThinkSplitter(mode);
        var looks = new long[] {0};
        for (int i = 0; i < text.length(); i += size) {
            splitter.push(new Watched(text.substring(i, Math.min(text.length(), i + size)), looks));
        }
        splitter.finish();
        return looks[0];
    }

    /// A text that counts how often its characters are looked at.
    private record Watched(String text, long[] looks) implements CharSequence {

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks[0]++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            looks[0] += to - from;
            return text.substring(from, to);
        }

        @Override
        public String toString() {
            looks[0] += text.length();
            return text;
        }
    }

    @Test
    void takesLinearTime() {
        var work = new long[] {0};
        var splitter = new ThinkSplitter(Mode.OPENED);
        for (int i = 0; i < 2_000_000; i++) {
            work[0] += splitter.push(i % 3 == 0 ? "</thi" : "<").reasoning().length();
        }

        assertThat(work[0] + splitter.finish().reasoning().length())
                .isEqualTo(2_000_000 / 3 * 5L + 5 + 2_000_000 * 2L / 3);
    }

    private static String newlines(String marked) {
        return marked.replace('¶', '\n');
    }

    private static Split split(Mode mode, String text, int... cuts) {
        var splitter = new ThinkSplitter(mode);
        var split = Split.NOTHING;
        int from = 0;
        for (int cut : cuts) {
            split = split.plus(splitter.push(text.substring(from, cut)));
            from = cut;
        }
        return split.plus(splitter.push(text.substring(from))).plus(splitter.finish());
    }
}
