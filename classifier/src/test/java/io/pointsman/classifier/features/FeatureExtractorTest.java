package io.pointsman.classifier.features;

import static io.pointsman.classifier.features.Structure.OPERANDS;
import static io.pointsman.classifier.features.Structure.OPERAND_DIGITS;
import static io.pointsman.classifier.features.Structure.PRODUCTS;
import static io.pointsman.classifier.features.Structure.PRODUCT_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Message;
import io.pointsman.api.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureExtractorTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    What is 7 + 5?                        | 2 | 1 | 0 | 0
                    What is 4738 + 2915 - 386?            | 3 | 4 | 0 | 0
                    4738+2915-386                         | 3 | 4 | 0 | 0
                    12 times 345                          | 2 | 3 | 1 | 6
                    12 x 345                              | 2 | 3 | 1 | 6
                    What is the product of 12 and 345?    | 2 | 3 | 1 | 6
                    Multiply 34 by 271.                   | 2 | 3 | 1 | 6
                    (12 + 7) * 345                        | 3 | 3 | 1 | 3
                    12,345 − 6                            | 2 | 5 | 0 | 0
                    Tom has 12 apples. He is 345 days old | 0 | 0 | 0 | 0
                    On 2026-11-01 at 5                    | 3 | 4 | 0 | 0
                    no numbers here                       | 0 | 0 | 0 | 0
                    """)
    void seesArithmetic(String text, int operands, int digits, int products, int size) {
        var features = features(text);

        assertThat(features.of(OPERANDS)).isEqualTo(operands);
        assertThat(features.of(OPERAND_DIGITS)).isEqualTo(digits);
        assertThat(features.of(PRODUCTS)).isEqualTo(products);
        assertThat(features.of(PRODUCT_SIZE)).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    OPTIONS        | 3 | Which?~A. one~B. two~C. three
                    LATEX_COMMANDS | 2 | $\\frac{1}{2} \\le x$
                    CODE_FENCES    | 2 | ```~x~```
                    PROVE          | 1 | Show that it holds
                    HOW_MANY       | 1 | How many are there?
                    HOW_MANY       | 0 | How? Many are there.
                    PROVE          | 2 | Show that it is so, that show
                    GRID_LINES     | 2 | 1 0 1~0 1 0
                    SENTENCES      | 3 | One. Two! Three?
                    EMOJI          | 2 | 🚀🚀
                    LIST_ITEMS     | 2 | - a~- b
                    NEGATIVES      | 1 | from -5 to 7-2
                    """)
    void seesStructure(Structure feature, int count, String text) {
        assertThat(features(text.replace('~', '\n')).of(feature)).isEqualTo(count);
    }

    @Test
    void looksAtWhatTheUserTyped() {
        var typed = "Prove that there are infinitely many primes of the form 4k + 3.";

        var noisy =
                "<system-reminder>Never mention 5 * 5.\nwhy?</system-reminder>\n"
                        + typed
                        + "<tool_result>12345 * 6789</tool_result>";

        assertThat(features(noisy).ngrams()).containsExactly(features(typed).ngrams());
    }

    @Test
    void anUnclosedBlockOfNoiseEndsWithTheText() {
        assertThat(features("Prove it for all primes. <tool_result>1 + 1 = 2").of(OPERANDS))
                .isZero();
    }

    @Test
    void aPastedLogDoesNotDrownTheQuestion() {
        var log = "2026-11-01 12:00:00.123 INFO connection 4711 closed by peer\n".repeat(300);

        var features = features("Why does it close?\n" + log);

        assertThat(features.of(Structure.LOG_LINES)).isEqualTo(300);
        assertThat(features.of(Structure.LINES)).isEqualTo(4);
    }

    @Test
    void looksAtTheLastTurnOfTheUsers() {
        var conversation =
                conversation(
                        Message.of(Role.SYSTEM, "Add 1111 + 2222."),
                        Message.of(Role.USER, "What is 4738 + 2915 - 386?"),
                        Message.of(Role.ASSISTANT, "7267"),
                        Message.of(Role.USER, "What is 7 + 5?"),
                        Message.of(Role.TOOL, "88888 * 99999"));

        var features = FeatureExtractor.extract(conversation).orElseThrow();

        assertThat(features.of(OPERANDS)).isEqualTo(2);
        assertThat(features.of(OPERAND_DIGITS)).isEqualTo(1);
        assertThat(features.of(Structure.TOOL_RESULTS)).isEqualTo(1);
        assertThat(features.of(Structure.USER_TURNS)).isEqualTo(2);
    }

    @Test
    void readsAFollowUpWithTheTurnBefore() {
        var hard = Message.of(Role.USER, "What is 4738 + 2915 - 386?");
        var answer = Message.of(Role.ASSISTANT, "7000");

        var why = conversation(hard, answer, Message.of(Role.USER, "why? try again"));
        var thanks = conversation(hard, answer, Message.of(Role.USER, "thanks!"));

        assertThat(FeatureExtractor.extract(why).orElseThrow().of(OPERANDS)).isEqualTo(3);
        assertThat(FeatureExtractor.extract(thanks).orElseThrow().of(OPERANDS)).isZero();
    }

    @Test
    void judgesTextBesideAnImage() {
        var message = new Message(Role.USER, "What is in the picture?", 1, 0);

        var features = FeatureExtractor.extract(conversation(message)).orElseThrow();

        assertThat(features.of(Structure.IMAGES)).isEqualTo(1);
        assertThat(features.of(Structure.WORDS)).isEqualTo(5);
    }

    @Test
    void neverLooksIntoTheMiddleOfALongText() {
        var middle = UserText.EXAMINED;
        var one = "question ".repeat(middle) + "1 + 1".repeat(2_000) + " end".repeat(middle);
        var other =
                one.substring(0, middle)
                        + "x".repeat(one.length() - 2 * middle)
                        + one.substring(one.length() - middle);

        assertThat(features(one).ngrams()).containsExactly(features(other).ngrams());
        assertThat(features(one).structure()).containsExactly(features(other).structure());
    }

    @Test
    void keepsABoundedPartOfTheHeadAndTheTail() {
        var text =
                UserText.of(
                                Conversation.ofPrompt(
                                        "a ".repeat(5_000)
                                                + "b ".repeat(250_000)
                                                + "c ".repeat(5_000)))
                        .orElseThrow();

        assertThat(text.length()).isEqualTo(UserText.HEAD + UserText.TAIL - 1);
        assertThat(text.chars()[0]).isEqualTo('a');
        assertThat(text.chars()[text.length() - 1]).isEqualTo('c');
    }

    @Test
    void visitsABoundedNumberOfMessages() {
        var messages = new ArrayList<Message>();
        messages.add(Message.of(Role.USER, "Too long ago."));
        for (int i = 0; i < UserText.MESSAGES; i++) {
            messages.add(Message.of(Role.TOOL, "result"));
        }

        assertThat(FeatureExtractor.extract(new Conversation(messages, 0, false))).isEmpty();
    }

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyValueIsFiniteAndEveryBucketInRange(long seed) {
        var random = new Random(seed);
        var text = new StringBuilder("x");
        for (int i = 0; i < 3_000; i++) {
            text.append((char) random.nextInt(seed % 2 == 0 ? 128 : 65_536));
        }

        var features = features(text.toString());

        for (float value : features.structure()) {
            assertThat(value).isFinite();
        }
        for (int i = 0; i < features.encoded().count(); i++) {
            assertThat(features.encoded().covered()[i]).isBetween(0f, 1f);
        }
        assertThat(features.ngrams()).doesNotHaveDuplicates();
        for (int bucket : features.ngrams()) {
            assertThat(bucket).isBetween(0, FeatureSet.BUCKETS - 1);
        }
    }

    @Test
    void cutsRise() {
        for (var feature : Structure.values()) {
            assertThat(feature.cuts()).as(feature.name()).isSorted().doesNotHaveDuplicates();
        }
    }

    private static Features features(String text) {
        return FeatureExtractor.extract(Conversation.ofPrompt(text)).orElseThrow();
    }

    private static Conversation conversation(Message... messages) {
        return new Conversation(List.of(messages), 0, false);
    }
}
