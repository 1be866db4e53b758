package io.pointsman.classifier.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    private static long at(String text) {
        var plain = PlainText.plain(text).toCharArray();
        return LEXICON.at(plain, 0, plain.length);
    }
}
