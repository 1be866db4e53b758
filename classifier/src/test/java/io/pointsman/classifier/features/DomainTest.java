package io.pointsman.classifier.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DomainTest {

    @Test
    void listedAnswersAreMultipleChoice() {
        assertThat(domain("Which is a noble gas?\nA. iron\nB. neon\nC. chlorine\nD. sulphur"))
                .isEqualTo(Domain.MULTIPLE_CHOICE);
    }

    @Test
    void aStoryWithNumbersIsAWordProblem() {
        assertThat(
                        domain(
                                "Anna buys 12 pears for $3 each and gives 4 of them to her brother. How much does she spend on the pears that she keeps?"))
                .isEqualTo(Domain.WORD_PROBLEM);
        assertThat(
                        domain(
                                "A farm has 30 cows and twice as many hens. Each cow eats 12 kg a day and each hen a hundredth of that. How many kilograms are eaten in a week"))
                .isEqualTo(Domain.WORD_PROBLEM);
    }

    @Test
    void whatIsNeitherIsShortOrLong() {
        assertThat(domain("Compose a poem about the sea.")).isEqualTo(Domain.SHORT);
        assertThat(domain("Compose a poem about the sea. ".repeat(40))).isEqualTo(Domain.LONG);
    }

    private static Domain domain(String prompt) {
        return FeatureExtractor.extract(Conversation.ofPrompt(prompt)).orElseThrow().domain();
    }
}
