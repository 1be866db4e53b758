package io.pointsman.classifier.kinds;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LexiconTest {

    private static final Lexicon LEXICON = Lexicon.get();

    @ParameterizedTest
    @CsvSource({
        "proves, PROVE",
        "what is, WHAT_IS",
        "ÉCRIS, WRITE",
        "ecris, WRITE",
        "Диза́йн, DESIGN",
        "证明, PROVE",
        "ｐｒｏｖｅ, PROVE",
        "what's, WHAT_IS"
    })
    void findsStemsPhrasesAndPlainForms(String text, Concept concept) {
        assertThat(at(text) & concept.bit()).isNotZero();
    }

    @Test
    void someWordsAreFoundWholeOnly() {
        assertThat(at("hi") & Concept.GREETING.bit()).isNotZero();
        assertThat(at("hi there") & Concept.GREETING.bit()).isNotZero();
        assertThat(at("history") & Concept.GREETING.bit()).isZero();
    }

    @Test
    void thePhraseGoesBeforeItsFirstWord() {
        assertThat(at("wie funktioniert")).isEqualTo(Concept.HOW_WHY.bit());
        assertThat(at("wie viele")).isEqualTo(Concept.HOW_MANY.bit());
    }

    @ParameterizedTest
    @EnumSource
    void everyConceptHasWords(Concept concept) {
        var words = "[" + concept + "]\nen: zzyzx, quux$\n";

        var lexicon = Lexicon.parse(words);

        assertThat(lexicon.at("zzyzxes".toCharArray(), 0, 7)).isEqualTo(concept.bit());
        assertThat(lexicon.at("quux".toCharArray(), 0, 4)).isEqualTo(concept.bit());
        assertThat(lexicon.at("quuxes".toCharArray(), 0, 6)).isZero();
    }

    @Test
    void anotherWordMakesAnotherFingerprint() {
        var one = Lexicon.parse("[PROVE]\nen: prove\n");
        var other = Lexicon.parse("[PROVE]\nen: prove$\n");

        assertThat(one.fingerprint())
                .isNotEqualTo(other.fingerprint())
                .isEqualTo(Lexicon.parse("# words\n\n[PROVE]\nen:  Prove \n").fingerprint());
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /// Of stems and words in several scripts that begin alike.
    @ParameterizedTest
    @MethodSource("seeds")
    void findsWhatALookAtEveryEntryFinds(long seed) {
        var random = new Random(seed);
        var stems = texts(random, 30);
        var words = texts(random, 30);
        var lexicon =
                Lexicon.parse(
                        "[PROVE]\nen: %s\n[GAME]\nen: %s$\n"
                                .formatted(String.join(",", stems), String.join("$,", words)));

        for (var text : texts(random, 1_000)) {
            long expected = 0;
            for (var stem : stems) {
                expected |= text.startsWith(stem) ? Concept.PROVE.bit() : 0;
            }
            for (var word : words) {
                expected |= text.equals(word) ? Concept.GAME.bit() : 0;
            }

            assertThat(lexicon.at(text.toCharArray(), 0, text.length())).isEqualTo(expected);
        }
    }

    private static List<String> texts(Random random, int count) {
        var letters = "abz09дф字";
        return Stream.generate(() ->
                        random.ints(1 + random.nextInt(5), 0, letters.length())
                                .mapToObj(letters::charAt)
                                .map(String::valueOf)
                                .collect(joining()))
                .limit(count)
                .toList();
    }

    private static long at(String text) {
        var plain = PlainText.plain(text).toCharArray();
        return LEXICON.at(plain, 0, plain.length);
    }
}
