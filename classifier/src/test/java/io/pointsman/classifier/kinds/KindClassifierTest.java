package io.pointsman.classifier.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.pointsman.api.Kind;
import io.pointsman.api.TaskType;
import io.pointsman.api.Tier;
import io.pointsman.classifier.features.Conversation;
import io.pointsman.classifier.features.FeatureExtractor;
import io.pointsman.classifier.features.UserText;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KindClassifierTest {

    private static final KindClassifier CLASSIFIER = KindClassifier.bundled();

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SIMPLE    | QUESTION    | What is a load balancer?
                    SIMPLE    | QUESTION    | How many moons does Mars have?
                    SIMPLE    | SMALL_TALK  | Good morning
                    SIMPLE    | TRANSLATION | Translate 'bread' to Polish
                    MEDIUM    | QUESTION    | Explain how vaccines work
                    MEDIUM    | QUESTION    | Compare Rust and Go for network services
                    MEDIUM    | CODE        | Write a function that counts the vowels of a string
                    MEDIUM    | CODE        | Why does this loop never end? Find the bug.
                    MEDIUM    | WRITING     | Draft a polite email that declines a meeting.
                    MEDIUM    | WRITING     | Summarize this article
                    COMPLEX   | OTHER       | Design a parking platform with reservations, payments, license plate recognition and analytics.
                    COMPLEX   | CODE        | Implement a streaming SQL engine with windows, joins, checkpoints and exactly-once delivery.
                    REASONING | MATHEMATICS | Prove that every tree with n vertices has n - 1 edges.
                    REASONING | MATHEMATICS | Derive the expected number of tosses until two heads in a row.
                    REASONING | PUZZLE      | Find the Nash equilibrium of this auction and prove that it is unique.
                    """)
    void tellsTheKind(Tier tier, TaskType task, String prompt) {
        assertThat(kind(prompt)).isEqualTo(new Kind(task, tier));
    }

    /// No row of the training data is in one of these languages.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SIMPLE    | コンテナとは何ですか？
                    MEDIUM    | HTTPとHTTPSの違いを説明してください
                    COMPLEX   | 決済、在庫管理、通知、分析を備えたリアルタイムの通販プラットフォームを設計してください
                    REASONING | 二つの偶数の和が偶数であることを証明せよ
                    SIMPLE    | 컨테이너란 무엇인가요?
                    MEDIUM    | 이 코드를 검토해 주세요
                    COMPLEX   | 결제, 재고 관리, 알림, 분석 기능을 포함하는 분산 전자상거래 플랫폼을 설계하세요
                    REASONING | 모든 정수의 제곱이 음이 아님을 증명하시오
                    SIMPLE    | ما هي الحاوية؟
                    MEDIUM    | اشرح كيف تعمل قواعد البيانات
                    REASONING | أثبت أن مجموع عددين زوجيين زوجي
                    SIMPLE    | Che cos'è un container?
                    MEDIUM    | Scrivi una funzione che inverte una stringa
                    COMPLEX   | Progetta una piattaforma di pagamenti con rilevamento frodi, notifiche, report e alta disponibilità
                    REASONING | Dimostra che la somma di due numeri pari è pari
                    SIMPLE    | कंटेनर क्या है?
                    REASONING | सिद्ध करें कि दो सम संख्याओं का योग सम होता है
                    SIMPLE    | Konteyner nedir?
                    MEDIUM    | Bu metni özetle
                    SIMPLE    | Co to jest kontener?
                    REASONING | Udowodnij, że suma dwóch liczb parzystych jest parzysta
                    MEDIUM    | Vysvětli, jak funguje garbage collector
                    MEDIUM    | Vergelijk Kafka en RabbitMQ
                    REASONING | Chứng minh rằng tổng hai số chẵn là số chẵn
                    SIMPLE    | Контейнер що таке?
                    """)
    void tellsTheTierInLanguagesItWasNotTrainedOn(Tier tier, String prompt) {
        assertThat(kind(prompt).tier()).isEqualTo(tier);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    MULTIPLE_CHOICE | Which one is a mammal?~A. trout~B. bat~C. crow
                    CODE            | What does this print?~```~print(1)~```
                    PUZZLE          | Continue:~1 0 1 1~0 1 0 0~1 1 0 1
                    MATHEMATICS     | Evaluate $\\frac{1}{2} + \\sqrt{2}$.
                    MATHEMATICS     | What is 4738 + 2915?
                    CODE            | Write a function that computes 12 + 30
                    """)
    void looksGoBeforeWords(TaskType task, String prompt) {
        assertThat(kind(prompt.replace('~', '\n')).task()).isEqualTo(task);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    MULTIPLE_CHOICE | Which one is a mammal?~A. trout~B. bat~C. crow
                    CODE            | What does this print?~```~print(1)~```
                    PUZZLE          | Continue:~1 0 1 1~0 1 0 0~1 1 0 1
                    MATHEMATICS     | What is 4738 + 2915?
                    OTHER           | Translate "good night" into French.
                    """)
    void theBuildAloneTellsSomeTasks(TaskType task, String prompt) {
        var conversation = Conversation.ofPrompt(prompt.replace('~', '\n'));
        var text = UserText.of(conversation).orElseThrow();

        assertThat(KindClassifier.byBuild(FeatureExtractor.features(text, conversation)))
                .isEqualTo(task);
    }

    @Test
    void aLongTextIsNotSimple() {
        var fact = "What is a container?";
        var story =
                "The harbour was quiet and the old crane stood still over the water. ".repeat(8);

        assertThat(kind(fact).tier()).isEqualTo(Tier.SIMPLE);
        assertThat(kind(story + fact).tier()).isNotEqualTo(Tier.SIMPLE);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tellsSomethingOfWhateverCharactersCome(long seed) {
        var random = new Random(seed);
        var text = new char[random.nextInt(10_000)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) random.nextInt(random.nextBoolean() ? 128 : 65_536);
        }
        var features = FeatureExtractor.extract(Conversation.ofPrompt("x")).orElseThrow();

        var kind = CLASSIFIER.kind(text, text.length, features);

        assertThat(kind).isEqualTo(CLASSIFIER.kind(text, text.length, features));
    }

    private static Kind kind(String prompt) {
        var conversation = Conversation.ofPrompt(prompt);
        var text = UserText.of(conversation).orElseThrow();
        var features = FeatureExtractor.extract(conversation).orElseThrow();
        return CLASSIFIER.kind(text.chars(), text.length(), features);
    }
}
